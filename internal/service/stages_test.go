package service

import "testing"

func TestFetchBatchIsDoneSoon(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name                 string
		rate, parallel, want int
	}{
		{"what a second allows", 600, 5, 10},
		{"a task for each call in flight", 100, 5, 5},
		{"no more than memory is meant for", 60_000, 5, 50},
		{"one call at a time", 1, 1, 1},
	}
	for _, tt := range tests {
		if got := fetchBatch(tt.rate, tt.parallel); got != tt.want {
			t.Errorf("%s: %d calls a minute, %d in flight: %d tasks, want %d", tt.name, tt.rate, tt.parallel, got, tt.want)
		}
	}
}
