package dlq

import (
	"slices"
	"strings"
	"time"
)

// Filter chooses among the open dead letters. What is empty chooses all; a letter must meet everything that is set, and of
// each list one entry.
type Filter struct {
	IDs       []ID
	Stages    []string
	Reasons   []string // an error class, or a part of the error's text, in either case
	Platforms []string
	Shops     []string
	Kinds     []string
	Plans     []string
	Before    time.Time // failed before that
	After     time.Time // failed after that
}

// Empty reports whether the filter chooses everything.
func (f *Filter) Empty() bool {
	return len(f.IDs) == 0 && len(f.Stages) == 0 && len(f.Reasons) == 0 && len(f.Platforms) == 0 && len(f.Shops) == 0 &&
		len(f.Kinds) == 0 && len(f.Plans) == 0 && f.Before.IsZero() && f.After.IsZero()
}

func (f *Filter) matches(l *Letter) bool {
	for _, list := range []struct {
		want []string
		is   string
	}{
		{f.Stages, l.Stage}, {f.Platforms, l.Platform}, {f.Shops, l.ShopID}, {f.Kinds, l.Kind}, {f.Plans, l.PlanID},
	} {
		if len(list.want) > 0 && !slices.Contains(list.want, list.is) {
			return false
		}
	}
	if len(f.IDs) > 0 && !slices.Contains(f.IDs, l.ID) {
		return false
	}
	if !f.Before.IsZero() && !l.FailedAt.Before(f.Before) || !f.After.IsZero() && !l.FailedAt.After(f.After) {
		return false
	}
	return len(f.Reasons) == 0 || slices.ContainsFunc(f.Reasons, l.hasReason)
}

func (l *Letter) hasReason(reason string) bool {
	return strings.EqualFold(l.Class, reason) || strings.Contains(strings.ToLower(l.Error), strings.ToLower(reason))
}
