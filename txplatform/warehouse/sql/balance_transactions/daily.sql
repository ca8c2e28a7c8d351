-- The ledger a business day and currency: net is captured less refunded, disputed and fees, and other; due what is not paid out
-- Grain: day, currency
-- Dimensions: day, currency
-- Measures: captured, refunded, disputed, fees, other, net, paid_out, due
-- Personal data: none
-- Freshness: live
SELECT
  day,
  currency,
  captured,
  refunded,
  disputed,
  fees,
  other,
  CAST(captured - refunded - disputed - fees + other AS decimal(38, 3)) AS net,
  paid_out,
  CAST(
    sum(captured - refunded - disputed - fees + other - paid_out) OVER (PARTITION BY currency ORDER BY day)
    AS decimal(38, 3)
  ) AS due
FROM (
  SELECT
    ${day:created_at} AS day,
    currency,
    CAST(coalesce(sum(amount) FILTER (WHERE part = 'captured'), 0) AS decimal(38, 3)) AS captured,
    CAST(coalesce(sum(-amount) FILTER (WHERE part = 'refunded'), 0) AS decimal(38, 3)) AS refunded,
    CAST(coalesce(sum(-amount) FILTER (WHERE part = 'disputed'), 0) AS decimal(38, 3)) AS disputed,
    CAST(sum(fee) + coalesce(sum(-amount) FILTER (WHERE part = 'fees'), 0) AS decimal(38, 3)) AS fees,
    CAST(coalesce(sum(amount) FILTER (WHERE part = 'other'), 0) AS decimal(38, 3)) AS other,
    CAST(coalesce(sum(-amount) FILTER (WHERE part = 'paid_out'), 0) AS decimal(38, 3)) AS paid_out
  FROM (
    SELECT
      created_at,
      currency,
      amount,
      fee,
      CASE
        WHEN reporting_category IN ('charge', 'charge_failure', 'partial_capture_reversal') THEN 'captured'
        WHEN reporting_category IN ('refund', 'refund_failure') THEN 'refunded'
        WHEN reporting_category IN ('dispute', 'dispute_reversal') THEN 'disputed'
        WHEN reporting_category IN ('payout', 'payout_reversal') THEN 'paid_out'
        WHEN reporting_category IN ('fee', 'network_cost') THEN 'fees'
        ELSE 'other'
      END AS part
    FROM balance_transactions
  ) entries
  GROUP BY 1, 2
) days
