-- Payments a business day, currency, status, method and merchant: how many, their amount, and what was paid
-- Grain: day, currency, status, method, merchant_id
-- Dimensions: day, currency, status, method, merchant_id
-- Measures: payments, amount, value, accepted_payments, acceptance_rate, charged_payments, refunded_payments,
--   refund_rate
-- Personal data: none
-- Freshness: live
SELECT
  ${day:created_at} AS day,
  currency,
  status,
  method,
  merchant_id,
  ${measures}
FROM payments
GROUP BY 1, 2, 3, 4, 5
