-- What the ledger and its payments, refunds, disputes and payouts say of each movement of money, and whether they agree
-- Reads: payments, refunds, disputes, payouts
-- Grain: part, source_id, day, currency
-- Dimensions: day, currency, part, source_id, state
-- Measures: in_ledger, expected, difference
-- Personal data: none
-- Freshness: live
WITH uncaptured AS (
  -- What an authorisation held beyond its capture comes back in the form of a refund, and belongs to the charge.
  SELECT balance_transactions.source_id AS refund_id
  FROM balance_transactions
  WHERE balance_transactions.reporting_category = 'partial_capture_reversal'
  GROUP BY balance_transactions.source_id
),
entries AS (
  SELECT
    CASE
      WHEN balance_transactions.reporting_category IN ('charge', 'charge_failure', 'partial_capture_reversal')
        THEN 'payments'
      WHEN balance_transactions.reporting_category IN ('refund', 'refund_failure') THEN 'refunds'
      WHEN balance_transactions.reporting_category IN ('dispute', 'dispute_reversal') THEN 'disputes'
      WHEN balance_transactions.reporting_category IN ('payout', 'payout_reversal') THEN 'payouts'
      ELSE 'other'
    END AS part,
    balance_transactions.transaction_id,
    balance_transactions.reporting_category,
    CASE
      WHEN balance_transactions.reporting_category = 'partial_capture_reversal'
        THEN coalesce(refunds.charge_id, balance_transactions.source_id)
      ELSE balance_transactions.source_id
    END AS source_id,
    balance_transactions.payout_id,
    balance_transactions.currency,
    balance_transactions.amount,
    balance_transactions.fee,
    balance_transactions.net,
    balance_transactions.created_at
  FROM balance_transactions
  LEFT JOIN refunds ON balance_transactions.source_id = refunds.refund_id
),
ledger AS (
  SELECT
    part,
    source_id,
    currency,
    ${day:min(created_at)} AS day,
    CAST(sum(amount) AS decimal(38, 4)) AS amount,
    -- A payment names the fee of its charge alone.
    CAST(coalesce(sum(fee) FILTER (WHERE reporting_category = 'charge'), 0) AS decimal(38, 4)) AS fee,
    count(*) OVER (PARTITION BY part, source_id) AS currencies
  FROM entries
  WHERE part <> 'other'
  GROUP BY part, source_id, currency
),
objects AS (
  SELECT
    'payments' AS part,
    payments.charge_id AS source_id,
    payments.currency,
    ${day:min(payments.created_at)} AS day,
    CAST(
      sum(CASE WHEN payments.status IN ('captured', 'settled', 'refunded') THEN payments.amount ELSE 0 END)
      AS decimal(38, 4)
    ) AS amount,
    CAST(sum(payments.fee) AS decimal(38, 4)) AS fee,
    false AS is_open
  FROM payments
  WHERE payments.charge_id IS NOT NULL
  GROUP BY payments.charge_id, payments.currency
  UNION ALL
  SELECT
    'refunds',
    refunds.refund_id,
    refunds.currency,
    ${day:refunds.created_at},
    -- Of a payment that failed, nothing was taken that could come back: its authorisation was released.
    CAST(
      CASE
        WHEN refunds.status IN ('failed', 'canceled') OR coalesce(payments.status, '') = 'failed' THEN 0
        ELSE -refunds.amount
      END
      AS decimal(38, 4)
    ),
    CAST(NULL AS decimal(38, 4)),
    refunds.status IN ('pending', 'requires_action')
  FROM refunds
  LEFT JOIN payments ON refunds.payment_id = payments.payment_id
  LEFT JOIN uncaptured ON refunds.refund_id = uncaptured.refund_id
  WHERE uncaptured.refund_id IS NULL
  UNION ALL
  SELECT
    'disputes',
    disputes.dispute_id,
    disputes.currency,
    ${day:disputes.created_at},
    CAST(
      CASE WHEN disputes.status IN ('needs_response', 'under_review', 'lost') THEN -disputes.amount ELSE 0 END
      AS decimal(38, 4)
    ),
    CAST(NULL AS decimal(38, 4)),
    false
  FROM disputes
  UNION ALL
  SELECT
    'payouts',
    payouts.payout_id,
    payouts.currency,
    ${day:payouts.created_at},
    CAST(CASE WHEN payouts.status IN ('failed', 'canceled') THEN 0 ELSE -payouts.amount END AS decimal(38, 4)),
    CAST(NULL AS decimal(38, 4)),
    false
  FROM payouts
),
paired AS (
  SELECT
    coalesce(ledger.part, objects.part) AS part,
    coalesce(ledger.source_id, objects.source_id) AS source_id,
    coalesce(ledger.day, objects.day) AS day,
    coalesce(ledger.currency, objects.currency) AS currency,
    ledger.amount AS in_ledger,
    objects.amount AS expected,
    ledger.fee AS ledger_fee,
    objects.fee AS object_fee,
    ledger.part IS NOT NULL AS has_entry,
    objects.part IS NOT NULL AS has_object,
    coalesce(objects.is_open, false) AS is_open,
    coalesce(ledger.currency <> objects.currency, false) AS is_converted,
    coalesce(ledger.currency <> objects.currency AND ledger.currencies > 1, false) AS is_surplus
  FROM ledger
  FULL JOIN objects ON ledger.part = objects.part AND ledger.source_id = objects.source_id
),
paid_out AS (
  SELECT payout_id, currency, CAST(sum(net) AS decimal(38, 4)) AS net, ${day:max(created_at)} AS day
  FROM entries
  -- Not the payout itself; one that came back from the bank before may leave with it.
  WHERE payout_id IS NOT NULL AND (part <> 'payouts' OR source_id IS NULL OR source_id <> payout_id)
  GROUP BY payout_id, currency
),
compared AS (
  SELECT
    part,
    source_id,
    day,
    currency,
    in_ledger,
    CASE WHEN NOT is_surplus THEN expected END AS expected,
    CASE
      -- One that was converted has entries of one currency; in a second one, nothing is expected.
      WHEN NOT has_object OR is_surplus THEN 'no_object'
      WHEN NOT has_entry THEN 'no_entry'
      WHEN is_converted AND (in_ledger = 0) = (expected = 0) THEN 'converted'
      WHEN in_ledger = expected OR is_open AND in_ledger = 0 THEN 'equal'
      ELSE 'different'
    END AS state
  FROM paired
  WHERE has_entry OR expected <> 0 AND NOT is_open
  UNION ALL
  SELECT
    'fees',
    source_id,
    day,
    currency,
    ledger_fee,
    object_fee,
    CASE WHEN ledger_fee = object_fee THEN 'equal' ELSE 'different' END
  FROM paired
  WHERE has_entry AND object_fee IS NOT NULL AND NOT is_converted
  UNION ALL
  SELECT
    'net',
    transaction_id,
    ${day:created_at},
    currency,
    CAST(net AS decimal(38, 4)),
    CAST(amount - fee AS decimal(38, 4)),
    CASE WHEN net = amount - fee THEN 'equal' ELSE 'different' END
  FROM entries
  UNION ALL
  SELECT
    'settlements',
    paid_out.payout_id,
    coalesce(${day:payouts.created_at}, paid_out.day),
    paid_out.currency,
    paid_out.net,
    CAST(payouts.amount AS decimal(38, 4)),
    CASE
      WHEN payouts.payout_id IS NULL THEN 'no_object'
      WHEN paid_out.net = payouts.amount AND paid_out.currency = payouts.currency THEN 'equal'
      ELSE 'different'
    END
  FROM paid_out
  LEFT JOIN payouts ON paid_out.payout_id = payouts.payout_id
)
SELECT
  day,
  currency,
  part,
  source_id,
  state,
  in_ledger,
  expected,
  CAST(
    CASE WHEN state IN ('equal', 'converted') THEN 0 ELSE coalesce(in_ledger, 0) - coalesce(expected, 0) END
    AS decimal(38, 4)
  ) AS difference
FROM compared
