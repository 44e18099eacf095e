// Package market is the world that every simulated platform shows: sellers, what they sell, what is ordered, sent, sent back
// and paid. It speaks neutral words; a platform gives them its own names, ids and JSON.
//
// Nothing is stored. An order is a function of (key, shop, calendar day, index within the day), what it looks like is a
// function of that and of the moment, and everything else about it (basket, parcels, returns, cancellation, settlement)
// follows from it, so memory does not grow with the number of orders. Within a day the creation times ascend with the index
// and can be computed and searched without generating the orders before them. Whatever is selected by another time looks at
// the orders of the longest stretch before it: 20 days for changes of orders, 32 for returns and money.
//
// Days are calendar days in UTC+7 and depend on the date alone: the world of tomorrow has the same orders with another
// first day. Every day begins with an order at 00:00:00 and ends with one at 23:59:59. In worlds of eleven days or more each
// shop sells nothing on every eleventh day; and every eleventh day (in shorter worlds: on one of the days) three quarters of
// the day's orders come between 20:00 and 21:00, at least 105 of them if the shop has 100 orders a day.
//
// # Building a platform
//
//   - New makes a [Market] from a [Setup], with a key of the platform's own and the regions its shops sell in. Shops are
//     numbers from 0; shop ids, channel ids and names are the platform's ([Market.RegionOf] says where one sells).
//   - [Market.Orders] yields a window newest creation first, lazily, and suits cursors that hold a [Ref]. [Market.Page] sorts
//     any rows by any time in either direction, with a cursor ([Position]) or an offset, and counts them. [Market.Count] counts
//     a window by creation without looking at its orders.
//   - An order's id must be read back without an index: [Market.Number] and [Market.Locate] do that for text ids,
//     [Market.DecimalID] and [Market.LocateDecimal] for numbers; [UnitID] makes ids of lines or units.
//   - [Market.Basket] is what was bought, unit by unit or line by line, with discounts and fees that add up;
//     [Market.Parcels] its packages with their events; [Market.Person] who bought it; [Order.Cancellation] who ended it.
//   - [Market.Products] is a shop's catalogue, [Market.Returns] what came back, [Market.Settlement] what an order brought,
//     [Market.Ledger] all movements of a shop's money in their order.
//
// Truth and answers come from the same functions: a platform writes a [world.Row] from what it writes an answer from.
//
// [Order.Key] is free for what only a platform knows: it draws from world.Hash(order.Key, stream) with streams of its own,
// from 100 on.
package market
