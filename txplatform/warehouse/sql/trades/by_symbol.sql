-- Trades a symbol and currency: how many, and the notional bought and sold
SELECT
  symbol,
  currency,
  count(*) AS trades,
  CAST(sum(CASE WHEN side = 'buy' THEN notional ELSE CAST(0 AS decimal(38, 18)) END) AS decimal(38, 18)) AS buy_notional,
  CAST(sum(CASE WHEN side = 'sell' THEN notional ELSE CAST(0 AS decimal(38, 18)) END) AS decimal(38, 18)) AS sell_notional
FROM trades
GROUP BY symbol, currency
