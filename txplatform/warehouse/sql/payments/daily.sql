-- Payments a UTC day and currency: how many, and their value; a failed payment counts but adds no value
SELECT
  CAST(created_at AS date) AS day,
  currency,
  count(*) AS payments,
  CAST(coalesce(sum(amount) FILTER (WHERE status <> 'failed'), 0) AS decimal(38, 2)) AS value
FROM payments
GROUP BY CAST(created_at AS date), currency
