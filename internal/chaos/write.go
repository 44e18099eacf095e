package chaos

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/shopstream/shopstream/internal/service/catalog"
	"github.com/shopstream/shopstream/schemas"
)

// Write writes the report as Markdown.
func (r *Report) Write(w io.Writer) error {
	var b strings.Builder
	word := "Nothing is missing, doubled or different."
	if !r.OK() {
		word = "**The oracle found mistakes.**"
	}
	fmt.Fprintf(&b, "# Chaos, seed %d: %s\n\n%s\n\n", r.Options.Seed, r.Options.Duration, word)
	r.writeSetting(&b)
	r.writeFaults(&b)
	r.writeProcesses(&b)
	r.writeOracle(&b)
	_, err := io.WriteString(w, b.String())
	return err
}

// kafka says what the broker was.
func (r *Report) kafka() (name, flags string) {
	switch {
	case len(r.Options.Brokers) == 0:
		return "the embedded broker, in a process of its own", ""
	case r.Options.Control == "":
		return "a Kafka that was running already, and was left alone", " --set kafka.brokers=HOST:PORT"
	}
	return "a Kafka that was running already, stopped and started by a command", " --set kafka.brokers=HOST:PORT --kafka-control COMMAND"
}

func (r *Report) writeSetting(b *strings.Builder) {
	o := r.Options
	name, flags := r.kafka()
	fmt.Fprintf(b, "| | |\n|---|---|\n")
	row := func(name, format string, args ...any) {
		fmt.Fprintf(b, "| %s | %s |\n", name, fmt.Sprintf(format, args...))
	}
	row("revision", "`%s`", o.Revision)
	row("begun", "%s", r.Began.UTC().Format(time.RFC3339))
	row("faults for", "%s; the run ended %s after the last of them", round(r.ChaosTook), round(r.Drained))
	row("Kafka", "%s", name)
	row("MongoDB", "a mongod of its own")
	row("world", "%d shops of each platform, %d days, %d orders a day and shop", o.Shops, o.Days, o.Orders)
	row("calls", "%d, at least %d are needed", r.Calls, r.Least)
	row("the same again", "`shopstream chaos --seed %d --duration %s --shops %d --days %d --orders %d%s`", o.Seed, o.Duration, o.Shops, o.Days, o.Orders, flags)
	b.WriteString("\nThe schedule of faults follows from the seed; what each of them meets, the machine decides.\n\n")
}

func (r *Report) writeFaults(b *strings.Builder) {
	kills, outstanding := r.count(Kill, "")
	fmt.Fprintf(b, "## Faults\n\n%d kills (SIGKILL), %d of them (%.0f %%) while pages were still to be fetched.\n\n", kills, outstanding,
		100*float64(outstanding)/float64(max(kills, 1)))
	b.WriteString("| service | SIGKILL | SIGTERM | SIGSTOP |\n|---|---|---|---|\n")
	for _, service := range services() {
		b.WriteString("| " + service)
		for _, fault := range []string{Kill, Term, Pause} {
			n, _ := r.count(fault, service)
			fmt.Fprintf(b, " | %d", n)
		}
		b.WriteString(" |\n")
	}
	b.WriteString("\n| outage | times | longest |\n|---|---|---|\n")
	for _, fault := range []struct{ fault, name string }{{Store, "mongod, killed"}, {Broker, "broker, stopped"}, {Pause, "a service, stopped"}} {
		n, longest := 0, time.Duration(0)
		for i := range r.happenings {
			if h := &r.happenings[i]; h.Hit && h.Fault == fault.fault {
				n++
				longest = max(longest, h.Over.Sub(h.Moment))
			}
		}
		fmt.Fprintf(b, "| %s | %d | %s |\n", fault.name, n, round(longest))
	}
	ways := map[string]int{}
	for i := range r.happenings {
		if h := &r.happenings[i]; h.Fault == API {
			ways[h.Way.Fault]++
		}
	}
	var list []string
	for way, n := range ways {
		list = append(list, fmt.Sprintf("%s %d", way, n))
	}
	slices.Sort(list)
	fmt.Fprintf(b, "\nSpells of the platforms: %s.\n\n", strings.Join(list, ", "))
}

// services are the services of the crew, once each.
func services() []string { return slices.Compact(slices.Clone(crewOf)) }

func (r *Report) writeProcesses(b *strings.Builder) {
	b.WriteString("## Processes\n\n| process | peak memory | slowest stop in order | ended by itself |\n|---|---|---|---|\n")
	for _, m := range r.Members {
		memory := "unknown on this system"
		if m.Peak > 0 {
			memory = fmt.Sprintf("%d MiB", m.Peak>>20)
		}
		fmt.Fprintf(b, "| %s | %s | %s | %d |\n", m.Name, memory, round(m.SlowestStop), len(m.Died))
	}
	b.WriteString("\nA process that finds no store or broker when it starts ends and is started again.\n")
	r.writeLastWords(b)
	b.WriteString("\n| stage | longest standstill, outages included | after a kill with no outage or stop near: median | longest | kills |\n|---|---|---|---|---|\n")
	for _, s := range r.Still {
		if s.Kills == 0 {
			fmt.Fprintf(b, "| %s | %s | | | 0 |\n", s.Stage, round(s.Longest))
			continue
		}
		fmt.Fprintf(b, "| %s | %s | %s | %s | %d |\n", s.Stage, round(s.Longest), round(s.Median), round(s.Slowest), s.Kills)
	}
	b.WriteByte('\n')
}

// writeLastWords names what processes said that ended by themselves, but for those that found no store or broker.
func (r *Report) writeLastWords(b *strings.Builder) {
	const shown = 5
	n := 0
	for _, m := range r.Members {
		for _, words := range m.Died {
			if strings.Contains(words, "no Kafka broker answers") || strings.Contains(words, "no MongoDB answers") {
				continue
			}
			if n++; n <= shown {
				fmt.Fprintf(b, "\n- %s: %s", m.Name, words)
			}
		}
	}
	if n > 0 {
		fmt.Fprintf(b, "\n\n%d ended with other words, such as these.\n", n)
	}
}

func (r *Report) writeOracle(b *strings.Builder) {
	b.WriteString("## Oracle\n\n| platform | kind | there | stored | missing | duplicated | differing |\n|---|---|---|---|---|---|---|\n")
	for _, platform := range catalog.Platforms.Names() {
		for _, kind := range schemas.Kinds {
			t := r.totals(platform, kind)
			fmt.Fprintf(b, "| %s | %s | %d | %d | %d | %d | %d |\n", platform, kind, t.There, t.Found, t.Missing, t.Duplicated, t.Differing)
		}
	}
	fmt.Fprintf(b, "\n- Ledger: %d chunks complete.\n- Topics: %d pages and %d observations of documents; each must be there once.\n", r.Chunks, r.Pages, r.Documents)
	fmt.Fprintf(b, "- Dead letters: %d.\n- Versions: %d looks at all documents; none may ever have gone back.\n", r.DeadLetters, r.Samples)
	fmt.Fprintf(b, "- %d of the %d documents were inserted by a sink that died, or lost its broker, before it could say so: they were found "+
		"unchanged when their batch came again.\n", r.Stored-r.Inserted, r.Stored)
	var wrong []string
	for i := range r.Comparisons {
		for _, mistake := range r.Comparisons[i].Mistakes {
			wrong = append(wrong, fmt.Sprintf("%s %s: %s", r.Comparisons[i].Platform, r.Comparisons[i].Kind, mistake))
		}
	}
	wrong = append(wrong, r.mistakes...)
	if len(wrong) == 0 {
		return
	}
	const shown = 40
	fmt.Fprintf(b, "\n## Mistakes\n\n")
	for _, text := range wrong[:min(shown, len(wrong))] {
		fmt.Fprintf(b, "- %s\n", text)
	}
	if len(wrong) > shown {
		fmt.Fprintf(b, "- and %d more\n", len(wrong)-shown)
	}
}

func round(d time.Duration) time.Duration {
	if d < time.Second {
		return d.Round(time.Millisecond)
	}
	return d.Round(100 * time.Millisecond)
}
