package cli

import "github.com/shopstream/shopstream/schemas"

// What this build can sync. A platform is added here, once it has an adapter and a transformer.
var (
	platforms = []string{schemas.Shopee}
	kinds     = []string{schemas.Orders}
)
