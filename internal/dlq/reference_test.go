package dlq

import (
	"bytes"
	"strings"
	"testing"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/shopstream/shopstream/schemas"
)

// A letter by reference is shown and requeued from where the record is, for as long as it is there, and says so when it is not.
func TestReferenceIsFollowed(t *testing.T) {
	t.Parallel()
	r := setup(t, 1)
	const size = 20 << 20
	raw := r.topics.Raw(schemas.Shopee, schemas.Orders)
	page := r.page(1)
	page.Value = append([]byte(`{"task_id":"`), bytes.Repeat([]byte("x"), size)...)
	cl := r.Client(t, kgo.ProducerBatchCompression(kgo.GzipCompression()), kgo.ProducerBatchMaxBytes(2*size))
	if err := cl.ProduceSync(t.Context(), page).FirstErr(); err != nil {
		t.Fatal(err)
	}
	d := death{stage: "transformer", class: "undecodable", text: "broken"}
	other := r.page(2)
	other.Value = []byte("another")
	other.Offset = 0 // where the large page is
	letters := r.put(r.reference(page, d), r.reference(other, d))

	shown, err := r.Show(t.Context(), r.id(letters[0]))
	if err != nil || shown.Bytes != len(page.Value) || len(shown.Raw) != shown.Bytes || shown.Gone != "" {
		t.Fatalf("%v, %d of %d bytes, %s", err, len(shown.Raw), shown.Bytes, shown.Gone)
	}
	var out bytes.Buffer
	if err := shown.Write(&out, false); err != nil || !strings.Contains(out.String(), "read from "+raw+"/0/0") {
		t.Errorf("%v\n%.1000s", err, out.String())
	}
	if shown, err = r.Show(t.Context(), r.id(letters[1])); err != nil || !strings.Contains(shown.Gone, "another record") {
		t.Errorf("%v, %+v", err, shown)
	}
	res := r.handle(Order{By: Requeued})
	if res.Done != 1 || res.Refused != 1 || !strings.Contains(res.Reasons[0], "another record") {
		t.Errorf("%+v", res)
	}
	back := r.committed(raw)
	if len(back) != 2 || !bytes.Equal(back[1].Value, page.Value) || !bytes.Equal(back[1].Key, page.Key) ||
		schemas.Header(back[1], schemas.HeaderTaskID) != schemas.Header(page, schemas.HeaderTaskID) ||
		schemas.Header(back[1], schemas.HeaderRequeued) != "1" || schemas.Header(back[1], schemas.HeaderValueSHA256) != "" {
		t.Errorf("%d records, the last with %v", len(back), back[len(back)-1].Headers)
	}

	again := back[1]
	letter := r.put(r.reference(again, d))[0]
	below := kadm.Offsets{}
	below.Add(kadm.Offset{Topic: raw, At: again.Offset + 1})
	if _, err := r.Admin(t).DeleteRecords(t.Context(), below); err != nil {
		t.Fatal(err)
	}
	if shown, err = r.Show(t.Context(), r.id(letter)); err == nil {
		out.Reset()
		err = shown.Write(&out, false)
	}
	if err != nil || !strings.Contains(out.String(), "does not have it any more") {
		t.Errorf("%v\n%s", err, out.String())
	}
	res = r.handle(Order{By: Requeued, Filter: Filter{IDs: []ID{r.id(letter)}}})
	if res.Done != 0 || res.Refused != 1 || !strings.Contains(res.Reasons[0], "run a new plan") || len(r.list(Filter{})) != 2 {
		t.Errorf("%+v", res)
	}
}
