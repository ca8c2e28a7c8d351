-- Trades a symbol and currency: how many, volume, notional bought and sold, and the price weighted by volume
-- Grain: symbol, currency
-- Dimensions: symbol, currency
-- Measures: trades, quantity, notional, buy_notional, sell_notional, vwap
-- Personal data: none
-- Freshness: live
SELECT
  symbol,
  currency,
  ${measures}
FROM trades
GROUP BY symbol, currency
