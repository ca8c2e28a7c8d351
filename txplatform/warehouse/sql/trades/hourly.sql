-- Trades an hour (UTC), symbol, venue, side and currency: volume, notional, and the price weighted by volume
-- Grain: hour, symbol, venue, side, currency
-- Dimensions: hour, symbol, venue, side, currency
-- Measures: trades, quantity, notional, vwap
-- Personal data: none
-- Freshness: live
SELECT
  date_trunc('hour', executed_at) AS hour,
  symbol,
  venue,
  side,
  currency,
  ${measures}
FROM trades
GROUP BY 1, 2, 3, 4, 5
