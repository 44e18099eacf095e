// Command table prints the figures of a file that benchmarks wrote, beside what they are held to.
package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"text/tabwriter"
)

// leastOfDecode is what making documents, their hashes and their encoding included, may take: twice what the standard library
// takes to decode the page.
const leastOfDecode = 0.50

// lines lists the figures in the order in which they are read. least is what a figure is held to, 0 for those that only
// help to read the others.
var lines = []struct {
	key   string
	least float64
	text  string
}{
	{"sink_new_vs_limit", 0.80, "documents stored a second, of what the limit stores: new ones"},
	{"sink_changed_vs_limit", 0.55, "changed ones"},
	{"sink_unchanged_vs_limit", 1.5, "observations that change nothing at all, against the limit's rewriting of them"},
	{"sink_raised_vs_limit", 0, "the same content fetched again, where the stored version is raised"},
	{"limit_docs_per_s", 0, "the limit: upserts encoded beforehand, no Kafka, two writers"},
	{"limit_client_us_per_doc", 0, "µs of CPU a new document: the limit's"},
	{"sink_client_us_per_doc", 0, "the sink's, decoding included"},
	{"limit_server_us_per_doc", 0, "mongod's for the limit"},
	{"sink_server_us_per_doc", 0, "mongod's for the sink"},
	{"transformer_orders_per_s_core", 0, "orders a second on one core, from page to clean records: Shopee's"},
	{"decode_orders_per_s_core", 0, "encoding/json decoding the same bytes, all of them"},
	{"decode_members_orders_per_s_core", 0, "encoding/json finding the orders' members, values left as they are"},
	{"transformer_shopee_vs_decode", leastOfDecode, "the stage, of what encoding/json decodes: Shopee's orders"},
	{"transformer_shopee_allocs_per_order", 0, "allocations an order of the stage"},
	{"decode_shopee_allocs_per_order", 0, "of encoding/json"},
	{"transformer_tiktok_orders_per_s_core", 0, "TikTok's orders a second on one core, from page to clean records"},
	{"decode_tiktok_orders_per_s_core", 0, "encoding/json decoding the same bytes"},
	{"transformer_tiktok_vs_decode", leastOfDecode, "the stage, of what encoding/json decodes: TikTok's orders"},
	{"transformer_tiktok_allocs_per_order", 0, "allocations an order of the stage"},
	{"decode_tiktok_allocs_per_order", 0, "of encoding/json"},
	{"transformer_lazada_orders_per_s_core", 0, "Lazada's orders a second on one core, from page to clean records"},
	{"decode_lazada_orders_per_s_core", 0, "encoding/json decoding the same bytes"},
	{"transformer_lazada_vs_decode", leastOfDecode, "the stage, of what encoding/json decodes: Lazada's orders"},
	{"transformer_lazada_allocs_per_order", 0, "allocations an order of the stage"},
	{"decode_lazada_allocs_per_order", 0, "of encoding/json"},
	{"fetcher_tasks_per_s", 0, "tasks a second of one lane, calls of 100 ms, through Kafka"},
	{"fetcher_allowed_tasks_per_s", 0, "what the calls in flight allow at most"},
}

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: table bench.json")
		os.Exit(2)
	}
	if err := show(os.Stdout, os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, "table:", err)
		os.Exit(1)
	}
}

// show writes one line a figure. A figure that is missing is an error: then a benchmark did not run.
func show(w io.Writer, path string) error {
	data, err := os.ReadFile(path) //nolint:gosec // the caller's file
	if err != nil {
		return err
	}
	figures := make(map[string]float64)
	if err := json.Unmarshal(data, &figures); err != nil {
		return fmt.Errorf("read %s: %w", path, err)
	}
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "\nFIGURE\tVALUE\tHELD TO\t\tWHAT")
	for _, l := range lines {
		value, ok := figures[l.key]
		if !ok {
			return fmt.Errorf("%s lacks %s", path, l.key)
		}
		held, verdict := "", ""
		if l.least > 0 {
			held, verdict = fmt.Sprintf("≥ %.2f", l.least), "ok"
			if value < l.least {
				verdict = "BELOW"
			}
		}
		number := fmt.Sprintf("%.2f", value)
		if value >= 100 {
			number = fmt.Sprintf("%.0f", value)
		}
		fmt.Fprintf(t, "%s\t%s\t%s\t%s\t%s\n", l.key, number, held, verdict, l.text)
	}
	return t.Flush()
}
