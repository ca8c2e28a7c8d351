-- Trades a symbol and currency: how many, and the notional bought and sold
SELECT
  symbol,
  currency,
  count(*) AS trades,
  CAST(coalesce(sum(notional) FILTER (WHERE side = 'buy'), 0) AS decimal(38, 18)) AS buy_notional,
  CAST(coalesce(sum(notional) FILTER (WHERE side = 'sell'), 0) AS decimal(38, 18)) AS sell_notional
FROM trades
GROUP BY symbol, currency
