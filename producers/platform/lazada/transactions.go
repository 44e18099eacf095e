package lazada

import (
	"fmt"
	"time"

	"github.com/shopstream/shopstream/producers/platform"
	"github.com/shopstream/shopstream/schemas"
)

// maxDays is how many calendar days one list of transactions reads. Fewer than 180 are allowed; whether both ends count is
// not documented, and a window's ends may each touch one day more.
const maxDays = 177

// splitTransactions drafts the lists of an account: its rows, and for the first chunk of a plan all payouts since then,
// since that list has no end.
func splitTransactions(t *schemas.Task) []platform.Draft {
	drafts := dayWindows(t.Window)
	if t.First {
		drafts = append(drafts, platform.Draft{Op: PayoutList})
	}
	return drafts
}

// Lists of transactions are cut between calendar days of the site's zone, which is the shop's and so not known where windows
// are cut. A cut therefore lies at midnight in UTC and stands for the beginning of the day of that date, wherever the site
// is: see days. Only a window's own ends are moments.

// dayWindows drafts lists of transactions that read at most maxDays each.
func dayWindows(w schemas.Window) []platform.Draft {
	n := max((w.To-w.From+maxDays*daySeconds-1)/(maxDays*daySeconds), 1)
	var drafts []platform.Draft
	from := w.From
	for i := int64(1); i < n; i++ {
		if to, ok := cut(from, w.To, w.From+(w.To-w.From)/n*i); ok {
			drafts = append(drafts, transactionPart(from, to))
			from = to
		}
	}
	return append(drafts, transactionPart(from, w.To))
}

func transactionPart(from, to int64) platform.Draft {
	tr := platform.Trail{Part: &schemas.Window{From: from, To: to}}
	return platform.Draft{Op: TransactionList, Carry: tr.Encode(), Continues: true}
}

// cut returns the midnight near a moment, and whether it leaves a day on either side.
func cut(from, to, near int64) (int64, bool) {
	at := max((near+daySeconds/2)/daySeconds, (from+2*daySeconds-1)/daySeconds) * daySeconds
	return at, at < to
}

// halvedDays drafts two lists of half the days each, in place of one of more than most rows.
func halvedDays(t *schemas.Task, w schemas.Window, most int) ([]platform.Draft, error) {
	at, ok := cut(w.From, w.To, w.From+(w.To-w.From)/2)
	if !ok {
		return nil, platform.NewError(platform.Permanent, "window_full", fmt.Sprintf(
			"%s has more than %d rows from second %d to %d, which is too short to be cut", t.Op, most, w.From, w.To))
	}
	return []platform.Draft{transactionPart(w.From, at), transactionPart(at, w.To)}, nil
}

// days returns the first and the last calendar day of a list. All sites are east of UTC, so midnight there lies within the
// day that begins with a cut; the second before it does not lie within the day that ends.
func days(t *schemas.Task, w schemas.Window, in *time.Location) (first, last string) {
	if w.To != t.Window.To {
		return date(w.From, in), date(w.To-1, time.UTC)
	}
	return date(w.From, in), date(w.To-1, in)
}
