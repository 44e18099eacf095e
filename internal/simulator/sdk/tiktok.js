// Reads a shop's orders of a window through a TikTok Shop client that knows nothing of shopstream, and prints a row for each.
import { TikTokShopSDK } from "tiktok-shop-sdk";

const { base_url, app_id, app_secret, shop_cipher, access_token, from, to } = JSON.parse(process.argv[2]);

// The client's hosts are fixed: only the host of a finished, signed request is changed, which no signature covers.
const real = globalThis.fetch;
globalThis.fetch = (url, options) => real(String(url).replace("https://open-api.tiktokglobalshop.com", base_url), options);

const sdk = new TikTokShopSDK({ appKey: app_id, appSecret: app_secret });
sdk.setAccessToken(access_token);
sdk.setShopCipher(shop_cipher);

let page_token = "";
do {
  const query = { page_size: 40, sort_field: "create_time", sort_order: "ASC" };
  if (page_token !== "") query.page_token = page_token;
  const answer = await sdk.order.getOrderList({ query, body: { create_time_ge: from, create_time_lt: to } });
  const page = answer.data ?? answer;
  for (const o of page.orders ?? []) {
    console.log(JSON.stringify({
      id: o.id, create_time: o.create_time, update_time: o.update_time, status: o.status,
      total_amount: o.payment.total_amount, quantity: o.line_items.length,
    }));
  }
  page_token = page.next_page_token ?? "";
} while (page_token !== "");
