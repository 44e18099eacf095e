package read

import "github.com/shopstream/shopstream/schemas"

// way ranks the unified statuses of parcels by how much is still to happen: first those on their way, then those that ended
// otherwise than they should, then the good ends. A parcel that was cancelled says the least about its order.
var way = map[string]int{
	"pending": 1, "to_ship": 2, "shipped": 3, "": 4, "unknown": 4, "failed": 5, "returning": 6, "lost": 7, "returned": 8, "delivered": 9,
	"cancelled": 10,
}

// Behind returns both statuses of the parcel that is furthest behind, the first one of several. An order's tracking has the
// statuses of that parcel.
func Behind(parcels []schemas.TrackedPackage) (status, unified string) {
	last := 0
	for i := range parcels {
		if rank := way[parcels[i].UnifiedStatus]; last == 0 || rank < last {
			last, status, unified = rank, parcels[i].Status, parcels[i].UnifiedStatus
		}
	}
	return status, unified
}
