package world

import "errors"

// The kinds of rows.
const (
	Orders       = "orders"
	Products     = "products"
	Transactions = "transactions"
	Returns      = "returns"
	Tracking     = "tracking"
)

// ErrNoShop says that a platform has no such shop.
var ErrNoShop = errors.New("no such shop")

// Shop is one seller's shop and the credentials a client starts with. They depend on the seed alone.
type Shop struct {
	Platform, ShopID, ChannelID, Region, Name string
	AppID, AppSecret                          string
	AccessToken, RefreshToken                 string
	ShopCipher                                string // TikTok's handle of a shop; "" elsewhere
	BasePath                                  string // what the platform's base URLs end with behind the host; "" for most
}

// Query selects rows of the truth: those of one shop (all shops if ShopID is "") and kind whose time lies in [From, To),
// unix seconds. The time is the one that the platform's own list selects by: of orders, returns and tracking ByUpdate
// chooses; products go by update_time and transactions by create_time, which is when they were released, stated or made.
// A list that selects by a time which the document has not is named in its platform's package.
type Query struct {
	ShopID   string
	Kind     string
	ByUpdate bool // select by update_time, else by create_time
	From, To int64
}

// Row is the truth about one thing at one moment.
//
//	kind          ID                             Amount                Lines      Quantity      Status
//	orders        order id                       what the buyer pays   lines      units         the order's
//	products      product id                     0                     variants,  total stock   the product's
//	                                                                   at least 1
//	transactions  the part of the document's key signed                0          0             the row's, may be ""
//	              behind the shop
//	returns       return id                      refund                lines      units         the return's
//	tracking      order id                       0                     packages   0             that of the packages
//
// A row says what the stored document is to say. Status is the platform's word.
type Row struct {
	ShopID                 string
	ID                     string
	CreateTime, UpdateTime int64 // unix seconds
	Status                 string
	Amount                 int64 // in units of 10^-Places
	Places                 int
	Lines                  int
	Quantity               int64
}
