-- What is left of payments a business day, currency and merchant: captured less refunded, disputed (open or lost) and fees
-- Reads: refunds, disputes, balance_transactions
-- Grain: day, currency, merchant
-- Dimensions: day, currency, merchant
-- Measures: captured, refunded, disputed, won, fees, net
-- Personal data: none
-- Freshness: live
WITH entries AS (
  SELECT
    balance_transactions.source_id,
    balance_transactions.currency,
    ${day:balance_transactions.created_at} AS day,
    balance_transactions.fee
      - CASE
        WHEN balance_transactions.reporting_category IN ('fee', 'network_cost') THEN balance_transactions.amount
        ELSE 0
      END AS fee,
    balance_transactions.reporting_category = 'charge' AS is_charge,
    balance_transactions.reporting_category = 'partial_capture_reversal' AS is_uncaptured
  FROM balance_transactions
),
charged AS (
  SELECT source_id FROM entries WHERE is_charge GROUP BY source_id
),
uncaptured AS (
  -- What an authorisation held beyond its capture comes back in the form of a refund.
  SELECT source_id AS refund_id FROM entries WHERE is_uncaptured GROUP BY source_id
),
refunded AS (
  SELECT refunds.payment_id
  FROM refunds
  LEFT JOIN uncaptured ON refunds.refund_id = uncaptured.refund_id
  WHERE uncaptured.refund_id IS NULL
  GROUP BY refunds.payment_id
),
merchants AS (
  SELECT source_id, max(merchant_id) AS merchant_id
  FROM (
    SELECT payments.charge_id AS source_id, payments.merchant_id FROM payments WHERE payments.charge_id IS NOT NULL
    UNION ALL
    SELECT refunds.refund_id, payments.merchant_id
    FROM refunds
    JOIN payments ON refunds.payment_id = payments.payment_id
    UNION ALL
    SELECT disputes.dispute_id, payments.merchant_id
    FROM disputes
    JOIN payments ON disputes.payment_id = payments.payment_id
  ) sources
  GROUP BY source_id
),
movements AS (
  SELECT
    ${day:payments.created_at} AS day,
    payments.currency,
    payments.merchant_id,
    CAST(payments.amount AS decimal(38, 4)) AS captured,
    -- A source without refunds of their own says only that all of it was refunded.
    CAST(
      CASE WHEN payments.status = 'refunded' AND refunded.payment_id IS NULL THEN payments.amount ELSE 0 END
      AS decimal(38, 4)
    ) AS refunded,
    CAST(0 AS decimal(38, 4)) AS disputed,
    CAST(0 AS decimal(38, 4)) AS won,
    -- The ledger has the fees of its charges, below.
    CAST(CASE WHEN charged.source_id IS NULL THEN coalesce(payments.fee, 0) ELSE 0 END AS decimal(38, 4)) AS fees
  FROM payments
  LEFT JOIN refunded ON payments.payment_id = refunded.payment_id
  LEFT JOIN charged ON payments.charge_id = charged.source_id
  WHERE payments.status IN ('captured', 'settled', 'refunded')
  UNION ALL
  SELECT
    ${day:refunds.created_at}, refunds.currency, merchants.merchant_id, 0, refunds.amount, 0, 0, 0
  FROM refunds
  LEFT JOIN merchants ON refunds.refund_id = merchants.source_id
  LEFT JOIN uncaptured ON refunds.refund_id = uncaptured.refund_id
  LEFT JOIN payments ON refunds.payment_id = payments.payment_id
  -- Of a payment that failed, nothing was taken that could come back: its authorisation was released.
  WHERE refunds.status NOT IN ('failed', 'canceled')
    AND uncaptured.refund_id IS NULL
    AND coalesce(payments.status, '') <> 'failed'
  UNION ALL
  SELECT
    ${day:disputes.created_at},
    disputes.currency,
    merchants.merchant_id,
    0,
    0,
    CASE WHEN disputes.status = 'won' THEN 0 ELSE disputes.amount END,
    CASE WHEN disputes.status = 'won' THEN disputes.amount ELSE 0 END,
    0
  FROM disputes
  LEFT JOIN merchants ON disputes.dispute_id = merchants.source_id
  WHERE disputes.status IN ('needs_response', 'under_review', 'lost', 'won')
  UNION ALL
  SELECT entries.day, entries.currency, merchants.merchant_id, 0, 0, 0, 0, entries.fee
  FROM entries
  LEFT JOIN merchants ON entries.source_id = merchants.source_id
  WHERE entries.fee <> 0
)
SELECT
  day,
  currency,
  coalesce(merchant_id, 'unattributed') AS merchant,
  CAST(sum(captured) AS decimal(38, 4)) AS captured,
  CAST(sum(refunded) AS decimal(38, 4)) AS refunded,
  CAST(sum(disputed) AS decimal(38, 4)) AS disputed,
  CAST(sum(won) AS decimal(38, 4)) AS won,
  CAST(sum(fees) AS decimal(38, 4)) AS fees,
  CAST(sum(captured - refunded - disputed - fees) AS decimal(38, 4)) AS net
FROM movements
GROUP BY day, currency, coalesce(merchant_id, 'unattributed')
