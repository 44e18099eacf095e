package tiktok

import "net/http"

// returnSearch lists returns and refunds. The platform refuses pages of less than 10 rows.
var returnSearch = list{
	endpoint: endpoint{http.MethodPost, "return_refund", "202309", "returns/search"},
	least:    10,
	most:     50,
	windowed: true,
	params:   search,
	rows:     "return_orders",
	id:       byMember("return_id"),
	answer:   documents,
}

// cancellationSearch lists cancellations, which are returns of what was not sent.
var cancellationSearch = list{
	endpoint: endpoint{http.MethodPost, "return_refund", "202309", "cancellations/search"},
	least:    1,
	most:     50,
	windowed: true,
	params:   search,
	rows:     "cancellations",
	id:       byMember("cancel_id"),
	answer:   documents,
}
