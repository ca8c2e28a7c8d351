-- Payments a UTC day and currency: how many, and what was paid; only captured and settled ones are paid
SELECT
  CAST(created_at AS date) AS day,
  currency,
  count(*) AS payments,
  CAST(coalesce(sum(amount) FILTER (WHERE status IN ('captured', 'settled')), 0) AS decimal(38, 2)) AS value
FROM payments
GROUP BY CAST(created_at AS date), currency
