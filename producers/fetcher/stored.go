package fetcher

import (
	"context"
	"fmt"
	"slices"

	"github.com/shopstream/shopstream/producers/platform"
	"github.com/shopstream/shopstream/schemas"
)

// Stored knows what a majority of the store's members has: what a failover can take back is no reason to save a call.
type Stored interface {
	// Versions returns the versions of the stored documents of a kind with these keys. Absent ones are left out, and so are
	// those whose answer could not be parsed.
	Versions(ctx context.Context, kind string, keys []string) (map[string]string, error)
	// Bare returns the versions of the stored orders with these keys that are valid and have no parcel, and their statuses in
	// the platform's word.
	Bare(ctx context.Context, keys []string) (versions, statuses map[string]string, err error)
}

// Why a call for the details of an id is needless.
const (
	skippedUnchanged = "unchanged"    // the stored document has the update time that the list says
	skippedWindow    = "after_window" // it was fetched after the window of update times had settled
	skippedMissing   = "only_missing" // there is one, and the plan asks for nothing else
)

// resolve turns the details that an answer wants into children, and takes out of them the ids whose stored documents make the
// call needless: those are returned.
func (f *Fetcher) resolve(ctx context.Context, t *schemas.Task, answer *platform.Answer) (skipped []string, err error) {
	d := answer.Details
	if f.Stored == nil || len(answer.Listed) == 0 {
		if d != nil {
			answer.Children = append(slices.Clip(answer.Children), platform.Batches(d.Op, d.IDs, d.Size)...)
		}
		return nil, nil
	}
	look := lookup{Fetcher: f, task: t}
	asking := func(c *platform.Draft) bool {
		return !c.Ready && !c.Continues && len(c.IDs) > 0 && (t.OnlyMissing || look.byUpdateTime()) && within(answer.Listed, c.IDs)
	}
	if d != nil {
		look.want(d.IDs, nil)
	}
	for i := range answer.Children {
		if c := &answer.Children[i]; asking(c) {
			look.want(c.IDs, c.Keys)
		}
	}
	if err := look.read(ctx, answer.Children); err != nil {
		return nil, err
	}
	// take splits ids into those to ask for and those that are skipped.
	take := func(ids []string, reason func(i int, id string) string) (needed []string) {
		for i, id := range ids {
			if why := reason(i, id); why != "" {
				skipped = append(skipped, id)
				f.metrics.skip(why)
			} else {
				needed = append(needed, id)
			}
		}
		return needed
	}
	children := make([]platform.Draft, 0, len(answer.Children))
	for _, c := range answer.Children {
		if asking(&c) {
			if c.IDs = take(c.IDs, func(_ int, id string) string { return look.needless(id, &c) }); len(c.IDs) == 0 {
				continue
			}
		}
		children = append(children, c)
	}
	if d != nil {
		needed := take(d.IDs, func(i int, id string) string {
			if i < len(d.Updated) && look.unchanged(id, d.Updated[i]) {
				return skippedUnchanged
			}
			return look.needless(id, nil)
		})
		children = append(children, platform.Batches(d.Op, needed, d.Size)...)
	}
	answer.Children = children
	return skipped, nil
}

// within reports whether all ids are among the listed ones.
func within(listed, ids []string) bool {
	return !slices.ContainsFunc(ids, func(id string) bool { return !slices.Contains(listed, id) })
}

// lookup is what the store has of the ids that an answer wants details of.
type lookup struct {
	*Fetcher
	task     *schemas.Task
	keys     map[string][]string // of the documents that come of an id
	versions map[string]string

	bare, statuses map[string]string // versions and statuses of orders without a parcel
}

func (l *lookup) key(id string) string {
	return schemas.DocumentID(l.task.Platform, l.task.ChannelID, l.task.ShopID, id)
}

func (l *lookup) want(ids []string, names map[string][]string) {
	if l.keys == nil {
		l.keys = make(map[string][]string, len(ids))
	}
	for _, id := range ids {
		documents, named := names[id]
		if !named {
			documents = []string{id}
		}
		keys := make([]string, len(documents))
		for i, document := range documents {
			keys[i] = l.key(document)
		}
		l.keys[id] = keys
	}
}

// read asks the store, once for all ids, and once more for orders that may have no document.
func (l *lookup) read(ctx context.Context, drafts []platform.Draft) (err error) {
	if len(l.keys) == 0 {
		return nil
	}
	var keys []string
	for _, of := range l.keys {
		keys = append(keys, of...)
	}
	if l.versions, err = l.Stored.Versions(ctx, l.task.Kind, keys); err != nil {
		return fmt.Errorf("look up stored %s: %w", l.task.Kind, err)
	}
	var orders []string
	for i := range drafts {
		for id := range drafts[i].Bare {
			if key := l.key(id); l.keys[id] != nil && l.versions[key] == "" {
				orders = append(orders, key)
			}
		}
	}
	if len(orders) == 0 {
		return nil
	}
	if l.bare, l.statuses, err = l.Stored.Bare(ctx, orders); err != nil {
		return fmt.Errorf("look up stored orders without parcels: %w", err)
	}
	return nil
}

// needless returns why the details of an id need not be asked for, "" if they must.
func (l *lookup) needless(id string, draft *platform.Draft) string {
	stored := len(l.keys[id]) > 0
	after := l.byUpdateTime()
	for _, key := range l.keys[id] {
		version, found := l.versions[key]
		if !found && draft != nil {
			version, found = l.glimpsed(key, draft.Bare[id])
		}
		stored = stored && found
		after = after && found && l.afterWindow(version)
	}
	switch {
	case stored && l.task.OnlyMissing:
		return skippedMissing
	case after:
		return skippedWindow
	}
	return ""
}

// glimpsed returns the version of the stored order that has no parcel, if the list shows the order as it is stored.
func (l *lookup) glimpsed(key string, seen platform.Glimpse) (version string, same bool) {
	version, found := l.bare[key]
	switch {
	case !found:
		return "", false
	case seen.Updated > 0:
		return version, hasUpdate(version, seen.Updated)
	}
	return version, seen.Status != "" && seen.Status == l.statuses[key]
}

// byUpdateTime reports whether the task's lists are of what changed within its window. Transactions are listed by other times
// whatever the plan says; products by their update time, which the list says itself.
func (l *lookup) byUpdateTime() bool {
	return l.task.TimeField == schemas.UpdateTime && l.task.Kind != schemas.Transactions && l.task.Kind != schemas.Products
}

// afterWindow reports whether what has this version was fetched when all changes within the window were there to be seen.
// fetched_at is by the platform's clock, as the window is, and never later than the call began.
func (l *lookup) afterWindow(version string) bool {
	_, fetchedAt, _, ok := schemas.ParseVersion(version)
	return ok && fetchedAt >= l.settled(l.task).UnixMilli()
}

// unchanged reports whether the stored document has the update time that the list says.
func (l *lookup) unchanged(id string, updated int64) bool {
	return updated > 0 && hasUpdate(l.versions[l.key(id)], updated)
}

// hasUpdate reports whether a version is of that update, and was fetched after the second of it was over: another update in
// the rest of it has the same time.
func hasUpdate(version string, updated int64) bool {
	at, fetchedAt, _, ok := schemas.ParseVersion(version)
	return ok && at == updated && fetchedAt/1000 > updated
}
