-- Payments a business day and currency: how many, what was paid (captured and settled), what was accepted and given back
-- Grain: day, currency
-- Dimensions: day, currency
-- Measures: payments, value, accepted_payments, acceptance_rate, charged_payments, refunded_payments, refund_rate
-- Personal data: none
-- Freshness: live
SELECT
  ${day:created_at} AS day,
  currency,
  ${measures}
FROM payments
GROUP BY 1, 2
