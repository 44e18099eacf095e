package shopee

// currencies has the currency that shops of a region are paid in: incomes and wallets of local shops do not say it.
var currencies = map[string]string{
	"AR": "ARS", "BR": "BRL", "CL": "CLP", "CO": "COP", "ES": "EUR", "FR": "EUR", "ID": "IDR", "IN": "INR", "MX": "MXN", "MY": "MYR",
	"PH": "PHP", "PL": "PLN", "SG": "SGD", "TH": "THB", "TW": "TWD", "VN": "VND",
}
