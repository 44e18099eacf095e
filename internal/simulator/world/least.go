package world

// Chunk is a part of a backfill: the rows of one shop and kind that the query selects.
type Chunk struct {
	Query
	Last    bool // it also has what the platform does not list by day
	History bool // of tracking: what happened to packages is asked for
}

// Wide is the chunk of a platform that does not say whether the ends of a window count: it is asked for a second more at either
// end. A catalogue is asked for whole.
func (c Chunk) Wide() Chunk {
	if c.Kind != Products {
		c.From, c.To = c.From-1, c.To+1
	}
	return c
}

// Pages returns how many calls a list of n rows takes at the least: one, even when it is empty.
func Pages(n, size int) int { return max(1, (n+size-1)/size) }

// Batches returns how many calls the details of n listed rows take at the least, page by page, of size ids each.
func Batches(n, page, size int) int {
	calls := 0
	for ; n > 0; n -= page {
		calls += (min(n, page) + size - 1) / size
	}
	return calls
}
