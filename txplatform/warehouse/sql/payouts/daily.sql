-- Payouts by the UTC day on which they were made, with merchant, currency and status: how many, and their value
SELECT
  CAST(created_at AS date) AS day,
  merchant_id,
  currency,
  status,
  count(*) AS payouts,
  CAST(sum(amount) AS decimal(38, 3)) AS value
FROM payouts
GROUP BY CAST(created_at AS date), merchant_id, currency, status
