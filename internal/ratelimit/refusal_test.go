package ratelimit

import (
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// call is an app's call of a shop.
func call(shop string) Call { return Call{Platform: "p", App: "1", Shop: shop, API: "list"} }

// may reports whether the call may begin at once, and if not, in how long to ask again.
func (p *process) may(t *testing.T, c Call) (bool, time.Duration) {
	t.Helper()
	denial, err := p.Admit(t.Context(), c, p.now().Add(200*time.Millisecond))
	require.NoError(t, err)
	if denial == nil {
		return true, 0
	}
	return false, denial.Until.Sub(p.now())
}

func TestRefusalsCountForAllProcesses(t *testing.T) {
	t.Parallel()
	const minute = time.Minute
	cells := store(t)
	rule := Rule{App: Limit{Rate: 6000, Burst: 10}}
	backoff := func(o *Options) { o.Backoff = time.Second }
	one, two := newProcess(t, 1, cells, rule, backoff), newProcess(t, 2, cells, rule, backoff)
	for _, p := range []*process{one, two} {
		ok, _ := p.may(t, call("a"))
		require.True(t, ok)
	}
	began := one.now()
	until := one.Refused(t.Context(), call("a"), Refusal{Began: began})
	require.InDelta(t, 1, until.Sub(one.now()).Seconds(), .2)
	ok, next := two.may(t, call("b"))
	require.False(t, ok, "the other process calls although the platform refused")
	require.InDelta(t, 1, next.Seconds(), .3)

	// The others of the same burst say nothing new, nor do those of a process that had not heard yet. What the platform says counts.
	for _, later := range []time.Duration{-500, -1, 1, 100, 400} {
		again := two.Refused(t.Context(), call("b"), Refusal{Began: two.now().Add(later * time.Millisecond)})
		require.InDelta(t, 1, again.Sub(two.now()).Seconds(), .3)
	}
	until = two.Refused(t.Context(), call("b"), Refusal{Began: two.now(), RetryAfter: 1200 * time.Millisecond})
	require.InDelta(t, 1.2, until.Sub(two.now()).Seconds(), .1)
	require.InDelta(t, 6000, two.rate("p"), 0, "one refusal says little about the rate")

	// Ones that began soon after it opened again do: each in its row, whichever process made the call.
	until = one.Refused(t.Context(), call("b"), Refusal{Began: one.now().Add(1500 * time.Millisecond)})
	require.InDelta(t, 1, until.Sub(one.now()).Seconds(), .3)
	require.InDelta(t, 6000, one.rate("p"), 0)
	until = two.Refused(t.Context(), call("b"), Refusal{Began: two.now().Add(1500 * time.Millisecond)})
	require.InDelta(t, 2, until.Sub(two.now()).Seconds(), .3, "twice as long")
	require.InDelta(t, 3000, two.rate("p"), 5, "the rate is halved")
	// The rate that holds now has to be refused as often before it is halved again.
	for range confirmed - 1 {
		one.Refused(t.Context(), call("b"), Refusal{Began: one.now().Add(2500 * time.Millisecond)})
		require.InDelta(t, 3000, one.rate("p"), 10)
	}
	until = one.Refused(t.Context(), call("b"), Refusal{Began: one.now().Add(2500 * time.Millisecond)})
	require.InDelta(t, 4, until.Sub(one.now()).Seconds(), .3, "twice as long again")
	require.InDelta(t, 1500, one.rate("p"), 10)

	// The platform's own word is kept to, for everybody.
	until = one.Refused(t.Context(), call("a"), Refusal{Began: one.now().Add(4500 * time.Millisecond), RetryAfter: 3 * minute})
	require.InDelta(t, 3*minute.Seconds(), until.Sub(one.now()).Seconds(), .3)
	_, next = two.may(t, call("b"))
	require.InDelta(t, 3*minute.Seconds(), next.Seconds(), .5)

	until = two.Refused(t.Context(), call("b"), Refusal{Quota: true, RetryAfter: 5 * time.Hour})
	require.InDelta(t, 5*3600, until.Sub(two.now()).Seconds(), 1)
	_, next = one.may(t, call("a"))
	require.InDelta(t, 5*3600, next.Seconds(), 1)

	list, err := ListLowered(t.Context(), cells, time.Now())
	require.NoError(t, err)
	require.Len(t, list, 1)
	require.Equal(t, "p:app:1", list[0].Scope)
	require.Equal(t, 6000, list[0].Limit)
	require.InDelta(t, 1500, list[0].Rate, 20, "one more in the row says little of the lower rate")
	require.InDelta(t, 5*3600, time.Until(list[0].Closed).Seconds(), 2)
}

// TestStrayRefusals: ones that come when the platform has served calls for as long as it was left alone before say nothing about
// the rate, however many they are. Where the platform asks for a time, that time counts.
func TestStrayRefusals(t *testing.T) {
	t.Parallel()
	p := newProcess(t, 1, store(t), Rule{App: Limit{Rate: 6000, Burst: 10}}, func(o *Options) { o.Backoff = time.Second })
	ok, _ := p.may(t, call("a"))
	require.True(t, ok)
	began := p.now()
	for range 10 {
		until := p.Refused(t.Context(), call("a"), Refusal{Began: began})
		began = until.Add(1200 * time.Millisecond)
	}
	require.InDelta(t, 6000, p.rate("p"), 0)
	closed := p.Refused(t.Context(), call("a"), Refusal{Began: began})
	require.InDelta(t, 1, closed.Sub(p.now()).Seconds(), .3, "still no longer than the first time")

	for range 10 {
		until := p.Refused(t.Context(), call("a"), Refusal{Began: began, RetryAfter: 5 * time.Second})
		began = until.Add(5200 * time.Millisecond)
	}
	require.InDelta(t, 6000, p.rate("p"), 0)
	for range confirmed - 1 {
		until := p.Refused(t.Context(), call("a"), Refusal{Began: began, RetryAfter: 5 * time.Second})
		began = until.Add(4 * time.Second)
	}
	require.InDelta(t, 6000, p.rate("p"), 0)
	p.Refused(t.Context(), call("a"), Refusal{Began: began, RetryAfter: 5 * time.Second})
	require.InDelta(t, 3000, p.rate("p"), 5)
}

// TestSlowRatesAreLearnt: the first calls come late where there are few a minute, and later still those of the backfill, whose part
// of the burst is gone. They are in a row all the same.
func TestSlowRatesAreLearnt(t *testing.T) {
	t.Parallel()
	for _, rate := range []int{6, 60, 100, 600} {
		p := newProcess(t, 1, store(t), Rule{App: Limit{Rate: rate, Burst: 20}}, nil)
		ok, _ := p.may(t, call("a"))
		require.True(t, ok)
		began := p.now()
		for range confirmed {
			until := p.Refused(t.Context(), call("a"), Refusal{Began: began})
			denial, err := p.Admit(t.Context(), call("a"), p.now())
			require.NoError(t, err)
			require.NotNil(t, denial)
			began = latest(until, denial.Until)
		}
		require.InDelta(t, rate/2, p.rate("p"), 1, "of %d a minute", rate)
	}
}

// TestRefusalBeforeTheStoreWasHeardOf: the call went by the process's own share, and the others have closed and opened the scope before.
func TestRefusalBeforeTheStoreWasHeardOf(t *testing.T) {
	t.Parallel()
	cells := store(t)
	rule := Rule{App: Limit{Rate: 600, Burst: 10}}
	one := newProcess(t, 1, cells, rule, func(o *Options) { o.Backoff = time.Millisecond })
	ok, _ := one.may(t, call("a"))
	require.True(t, ok)
	one.Refused(t.Context(), call("a"), Refusal{Began: one.now()})
	two := newProcess(t, 2, cells, rule, nil)
	until := two.Refused(t.Context(), call("a"), Refusal{Began: two.now()})
	require.InDelta(t, 2, until.Sub(two.now()).Seconds(), .2)
}

// TestRefusalWithoutAShare: a call that is refused while the store is away, in a process that has no share of the rate.
func TestRefusalWithoutAShare(t *testing.T) {
	t.Parallel()
	cells := store(t)
	p := newProcess(t, 1, cells, Rule{App: Limit{Rate: 600, Burst: 10}}, nil)
	p.lose(errors.New("away"))
	until := p.Refused(t.Context(), call("a"), Refusal{Began: p.now()})
	require.InDelta(t, 2, until.Sub(p.now()).Seconds(), .2)
}

// TestRefusalOfAShop: one that is about a shop's own limit holds back that shop alone.
func TestRefusalOfAShop(t *testing.T) {
	t.Parallel()
	p := newProcess(t, 1, store(t), Rule{App: Limit{Rate: 6000, Burst: 10}, Shop: 3000}, nil)
	for _, shop := range []string{"a", "b"} {
		ok, _ := p.may(t, call(shop))
		require.True(t, ok)
	}
	p.Refused(t.Context(), call("a"), Refusal{Began: p.now(), RetryAfter: time.Hour, Shop: true})
	ok, next := p.may(t, call("a"))
	require.False(t, ok)
	require.InDelta(t, 3600, next.Seconds(), 1)
	ok, _ = p.may(t, call("b"))
	require.True(t, ok)
}

func TestCeiling(t *testing.T) {
	t.Parallel()
	cells := store(t)
	backoff := func(o *Options) { o.Backoff = 100 * time.Millisecond }
	pinned := newProcess(t, 1, cells, Rule{App: Limit{Rate: 6000, Burst: 10}, Ceiling: 600}, backoff)
	ok, _ := pinned.may(t, call("a"))
	require.True(t, ok)
	require.InDelta(t, 600, pinned.rate("p"), 0)
	pinned.Refused(t.Context(), call("a"), Refusal{Began: pinned.now()})
	require.InDelta(t, 600, pinned.rate("p"), 0)

	// Without the setting answers count, and the rate creeps up again: by a twentieth a minute.
	free := newProcess(t, 2, cells, Rule{App: Limit{Rate: 6000, Burst: 10}}, backoff)
	free.may(t, call("a"))
	require.InDelta(t, 6000, free.rate("p"), 0)
	until := free.now().Add(100 * time.Millisecond)
	for range confirmed - 1 { // the first one was the pinned process's
		until = free.Refused(t.Context(), call("a"), Refusal{Began: until})
	}
	require.InDelta(t, 3000, free.rate("p"), 5)
	require.Eventually(t, func() bool { free.may(t, call("a")); return free.rate("p") > 3010 }, 10*time.Second, 20*time.Millisecond)
	require.InDelta(t, 3000+free.now().Sub(until).Minutes()*300, free.rate("p"), 10)
}

func TestDailyCalls(t *testing.T) {
	t.Parallel()
	cells := store(t)
	rule := Rule{App: Limit{Rate: 600, Burst: 100}, Daily: 30}
	one, two := newProcess(t, 1, cells, rule, nil), newProcess(t, 2, cells, rule, nil)
	made := 0
	for range 40 {
		for _, p := range []*process{one, two} {
			if ok, _ := p.may(t, call("a")); ok {
				made++
			}
		}
	}
	require.LessOrEqual(t, made, 30)
	require.GreaterOrEqual(t, made, 25, "but for those that were leased ahead")
	_, next := one.may(t, call("a"))
	day := time.Now().In(time.FixedZone("", 8*3600))
	midnight := time.Date(day.Year(), day.Month(), day.Day()+1, 0, 0, 0, 0, day.Location())
	require.InDelta(t, time.Until(midnight).Seconds(), next.Seconds(), 2)
}

// TestShopsOwnLimit: a shop that has used up what is its own holds back no other, and takes nothing from the app.
func TestShopsOwnLimit(t *testing.T) {
	t.Parallel()
	cells := store(t)
	p := newProcess(t, 1, cells, Rule{App: Limit{Rate: 6000, Burst: 10}, Shop: 60, API: 30}, nil)
	made := map[string]int{}
	for range 20 {
		for _, shop := range []string{"a", "b"} {
			denial, err := p.Admit(t.Context(), call(shop), p.now().Add(5*time.Second))
			require.NoError(t, err)
			if denial == nil {
				made[shop]++
			} else {
				require.True(t, denial.Own)
				require.Less(t, denial.Until.Sub(p.now()), 5*time.Second)
			}
		}
	}
	for _, shop := range []string{"a", "b"} {
		require.GreaterOrEqual(t, made[shop], 4, shop) // the burst, but for what is kept for the live lane
		require.Less(t, made[shop], 10, shop)
	}
	require.Equal(t, made["a"]+made["b"], p.slots("used")/3)
	denial, err := p.Admit(t.Context(), call("c"), p.now().Add(time.Second))
	require.NoError(t, err)
	require.Nil(t, denial)
}
