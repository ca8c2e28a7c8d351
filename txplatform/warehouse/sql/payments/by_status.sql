-- Payments a status and currency: how many, and their amount, in whatever state they are
-- Grain: status, currency
-- Dimensions: status, currency
-- Measures: payments, amount
-- Personal data: none
-- Freshness: live
SELECT status, currency, ${measures}
FROM payments
GROUP BY status, currency
