package world

// Shop is one seller's shop and the credentials a client starts with. They depend on the seed alone.
type Shop struct {
	Platform, ShopID, ChannelID, Region, Name string
	AppID, AppSecret                          string
	AccessToken, RefreshToken                 string
}

// Query selects rows of the truth: those of one shop (all shops if ShopID is "") and kind whose time lies in [From, To),
// unix seconds.
type Query struct {
	ShopID   string
	Kind     string
	ByUpdate bool // select by update_time, else by create_time
	From, To int64
}

// Row is the truth about one order at one moment.
type Row struct {
	ShopID                 string
	ID                     string
	CreateTime, UpdateTime int64 // unix seconds
	Status                 string
	Amount                 int64 // total amount in units of 10^-Places
	Places                 int
	Lines                  int
	Quantity               int64
}
