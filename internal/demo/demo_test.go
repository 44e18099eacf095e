package demo_test

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"regexp"
	"strings"
	"testing"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"

	"github.com/shopstream/shopstream/internal/config"
	"github.com/shopstream/shopstream/internal/demo"
	"github.com/shopstream/shopstream/internal/mongod/mongodtest"
	"github.com/shopstream/shopstream/internal/secret"
	"github.com/shopstream/shopstream/internal/service/catalog"
)

func TestMain(m *testing.M) { mongodtest.Main(m) }

func run(t *testing.T, log slog.Handler, tamper func(context.Context, *mongo.Database) error) (*demo.Report, string) {
	t.Helper()
	var out bytes.Buffer
	report, err := demo.Run(t.Context(), demo.Options{
		Shops: 2, Days: 2, Orders: 40, MongoURI: secret.Text(mongodtest.URI(t)), Config: config.Default(catalog.Platforms.Rates()), Out: &out,
		Log: slog.New(log), Tamper: tamper,
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := report.Write(&out); err != nil {
		t.Fatal(err)
	}
	return report, out.String()
}

func TestDemoFindsNothingWrong(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	report, out := run(t, slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelWarn}), nil)
	// The simulated platforms answer what is documented: all of it must be known.
	for line := range strings.Lines(log.String()) {
		if strings.Contains(line, "this version ") {
			t.Error(line)
		}
	}
	totals := report.Totals()
	if !report.OK() || report.Verdict() != fmt.Sprintf("demo: ok documents=%d missing=0 duplicated=0 differing=0", totals.There) {
		t.Error(report.Verdict())
	}
	if totals.There < 50 || report.Calls < report.LeastCalls || report.LeastCalls < 4 {
		t.Errorf("%d orders, %d calls, at least %d", totals.There, report.Calls, report.LeastCalls)
	}
	if report.Calls*100 > report.LeastCalls*102 {
		t.Errorf("%d calls were made, more than 2 %% above the %d that are needed", report.Calls, report.LeastCalls)
	}
	t.Logf("%d calls, at least %d are needed", report.Calls, report.LeastCalls)
	for _, want := range []string{`MONEY STORED`, `peak memory +[0-9]+ MiB`, `rate used +[0-9]+ %`, `run completed`} {
		if !regexp.MustCompile(want).MatchString(out) {
			t.Errorf("output lacks %s:\n%s", want, out)
		}
	}
	if strings.Contains(out, "\r") {
		t.Error("output has carriage returns")
	}
}

// What happens to the store behind the pipeline's back must show: else the demo would prove nothing.
func TestDemoFindsWhatWasSpoilt(t *testing.T) {
	t.Parallel()
	report, _ := run(t, slog.DiscardHandler, func(ctx context.Context, db *mongo.Database) error {
		orders := db.Collection("orders")
		cur, err := orders.Find(ctx, bson.D{})
		if err != nil {
			return err
		}
		var docs []bson.D
		if err := cur.All(ctx, &docs); err != nil {
			return err
		}
		if _, err := orders.DeleteOne(ctx, bson.D{{Key: "_id", Value: docs[0][0].Value}}); err != nil {
			return err
		}
		if _, err := orders.InsertOne(ctx, append(bson.D{{Key: "_id", Value: "copy"}}, docs[1][1:]...)); err != nil {
			return err
		}
		_, err = orders.UpdateByID(ctx, docs[2][0].Value, bson.D{{Key: "$set", Value: bson.D{{Key: "status", Value: "LOST"}}}})
		return err
	})
	if totals := report.Totals(); report.OK() || totals.Missing != 1 || totals.Duplicated != 1 || totals.Differing != 1 {
		t.Error(report.Verdict())
	}
	if !strings.HasPrefix(report.Verdict(), "demo: FAILED ") || !strings.HasSuffix(report.Verdict(), "missing=1 duplicated=1 differing=1") {
		t.Error(report.Verdict())
	}
}
