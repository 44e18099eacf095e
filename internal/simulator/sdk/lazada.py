"""Reads a shop's orders of a window through a Lazada client that knows nothing of shopstream, and prints a row for each."""

import datetime
import decimal
import json
import sys

import lazop_sdk as lazop

shop = json.loads(sys.argv[1])
client = lazop.LazopClient(shop["base_url"], shop["app_id"], shop["app_secret"])


def call(path, **params):
    request = lazop.LazopRequest(path, "GET")
    for name, value in params.items():
        request.add_api_param(name, value)
    response = client.execute(request, shop["access_token"])
    if response.code != "0":
        sys.exit(f"{path}: {response}")
    return response.body["data"]


def iso(seconds):
    return datetime.datetime.fromtimestamp(seconds, datetime.timezone.utc).isoformat()


def seconds(text):
    return int(datetime.datetime.strptime(text, "%Y-%m-%d %H:%M:%S %z").timestamp())


offset = 0
while True:
    page = call("/orders/get", created_after=iso(shop["from"] - 1), created_before=iso(shop["to"] + 1),
                sort_by="created_at", sort_direction="ASC", offset=offset, limit=40)
    orders = page["orders"]
    if not orders:
        break
    ids = [o["order_id"] for o in orders]
    items = {o["order_id"]: o["order_items"] for o in call("/orders/items/get", order_ids=json.dumps(ids))}
    for o in orders:
        created = seconds(o["created_at"])
        if not shop["from"] <= created < shop["to"]:
            continue
        total = sum(sign * decimal.Decimal(str(o[name])) for name, sign in (("price", 1), ("voucher", -1), ("shipping_fee", 1)))
        print(json.dumps({
            "id": str(o["order_id"]), "create_time": created, "update_time": seconds(o["updated_at"]),
            "status": ",".join(o["statuses"]), "total_amount": str(total), "quantity": len(items[o["order_id"]]),
        }))
    offset += len(orders)
    if offset >= page["countTotal"]:
        break
