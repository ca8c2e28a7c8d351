-- Captured payments that have not reached the merchant, by currency and how many business days ago they were made
-- Grain: currency, age
-- Dimensions: currency, age
-- Measures: unsettled_payments, unsettled_value
-- Personal data: none
-- Freshness: live
SELECT
  currency,
  CASE
    WHEN days <= 1 THEN '0-1 days'
    WHEN days <= 3 THEN '2-3 days'
    WHEN days <= 7 THEN '4-7 days'
    ELSE 'over 7 days'
  END AS age,
  ${measures}
FROM (
  SELECT currency, status, amount, date_diff('day', ${day:created_at}, ${today}) AS days
  FROM payments
  WHERE status = 'captured'
) open
GROUP BY 1, 2
