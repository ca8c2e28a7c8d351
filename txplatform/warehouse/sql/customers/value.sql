-- What customers are worth a segment, country and currency: charged by payments, less refunds that succeeded
-- Reads: payments, refunds, balance_transactions
-- Grain: segment, country, currency
-- Dimensions: segment, country, currency
-- Measures: paying_customers, charged_payments, charged_value, refunded_value, customer_value
-- Personal data: none
-- Freshness: live
WITH uncaptured AS (
  -- What an authorisation held beyond its capture comes back in the form of a refund.
  SELECT balance_transactions.source_id AS refund_id
  FROM balance_transactions
  WHERE balance_transactions.reporting_category = 'partial_capture_reversal'
  GROUP BY balance_transactions.source_id
),
movements AS (
  SELECT
    payments.customer_id,
    payments.currency,
    1 AS charged_payments,
    CAST(payments.amount AS decimal(38, 3)) AS charged_value,
    CAST(0 AS decimal(38, 3)) AS refunded_value
  FROM payments
  WHERE payments.status IN ('captured', 'settled', 'refunded')
  UNION ALL
  SELECT
    payments.customer_id,
    refunds.currency,
    0,
    CAST(0 AS decimal(38, 3)),
    CAST(refunds.amount AS decimal(38, 3))
  FROM refunds
  JOIN payments ON refunds.payment_id = payments.payment_id
  LEFT JOIN uncaptured ON refunds.refund_id = uncaptured.refund_id
  WHERE refunds.status = 'succeeded'
    AND uncaptured.refund_id IS NULL
    AND payments.status IN ('captured', 'settled', 'refunded')
),
by_customer AS (
  SELECT
    customer_id,
    currency,
    sum(charged_payments) AS charged_payments,
    CAST(sum(charged_value) AS decimal(38, 3)) AS charged_value,
    CAST(sum(refunded_value) AS decimal(38, 3)) AS refunded_value
  FROM movements
  GROUP BY customer_id, currency
)
SELECT
  coalesce(known_segment, 'unknown') AS segment,
  country,
  currency,
  count(*) AS paying_customers,
  CAST(sum(charged_payments) AS bigint) AS charged_payments,
  CAST(sum(charged_value) AS decimal(38, 3)) AS charged_value,
  CAST(sum(refunded_value) AS decimal(38, 3)) AS refunded_value,
  CAST(sum(charged_value - refunded_value) AS decimal(38, 3)) AS customer_value
FROM by_customer
LEFT JOIN (
  SELECT customers.customer_id AS known_id, customers.segment AS known_segment, customers.country FROM customers
) known ON by_customer.customer_id = known_id
GROUP BY 1, 2, 3
