-- Payouts by the business day on which they were made, with merchant, currency and status: how many, and their value
-- Grain: day, merchant_id, currency, status
-- Dimensions: day, merchant_id, currency, status
-- Measures: payouts, value
-- Personal data: none
-- Freshness: live
SELECT
  ${day:created_at} AS day,
  merchant_id,
  currency,
  status,
  ${measures}
FROM payouts
GROUP BY 1, 2, 3, 4
