-- Trades a UTC day and currency: how many, and their notional
SELECT
  CAST(executed_at AS date) AS day,
  currency,
  count(*) AS trades,
  CAST(sum(notional) AS decimal(38, 18)) AS notional
FROM trades
GROUP BY CAST(executed_at AS date), currency
