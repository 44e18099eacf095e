// Reads a shop's orders of a window through a Shopee client that knows nothing of shopstream, and prints a row for each.
import { ShopeeSDK } from "@congminh1254/shopee-sdk";

const { base_url, app_id, app_secret, shop_id, access_token, from, to } = JSON.parse(process.argv[2]);

const sdk = new ShopeeSDK(
  { partner_id: Number(app_id), partner_key: app_secret, shop_id: Number(shop_id), base_url: `${base_url}/api/v2` },
  { get: async () => ({ access_token, shop_id: Number(shop_id), expired_at: Date.now() + 3600_000 }), store: async () => {}, clear: async () => {} },
);

let cursor = "";
do {
  const { response: page } = await sdk.order.getOrderList({
    time_range_field: "create_time", time_from: from, time_to: to - 1, page_size: 40, cursor,
  });
  const ids = page.order_list.map((o) => o.order_sn);
  if (ids.length > 0) {
    const { response } = await sdk.order.getOrderDetail({
      order_sn_list: ids.join(","), request_order_status_pending: true, response_optional_fields: "total_amount,item_list",
    });
    for (const o of response.order_list) {
      const seconds = (t) => (t instanceof Date ? t.getTime() / 1000 : t);
      console.log(JSON.stringify({
        id: o.order_sn, create_time: seconds(o.create_time), update_time: seconds(o.update_time), status: o.order_status,
        total_amount: String(o.total_amount), quantity: o.item_list.reduce((n, i) => n + i.model_quantity_purchased, 0),
      }));
    }
  }
  cursor = page.more ? page.next_cursor : "";
} while (cursor !== "");
