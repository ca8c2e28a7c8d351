-- Trades a business day and currency: how many, and their notional
-- Grain: day, currency
-- Dimensions: day, currency
-- Measures: trades, notional
-- Personal data: none
-- Freshness: live
SELECT
  ${day:executed_at} AS day,
  currency,
  ${measures}
FROM trades
GROUP BY 1, 2
