-- The ten customers who paid most in each currency, captured and settled; of an identifier two characters are shown
-- Grain: currency, place
-- Dimensions: place, customer, currency
-- Measures: paid_payments, value
-- Personal data: masked customer
-- Freshness: live
SELECT place, customer, currency, paid_payments, value
FROM (
  SELECT
    row_number() OVER (PARTITION BY currency ORDER BY value DESC, customer_id) AS place,
    concat('••••', CASE WHEN length(customer_id) >= 6 THEN substr(customer_id, length(customer_id) - 1) ELSE '' END) AS customer,
    currency,
    paid_payments,
    value
  FROM (
    SELECT customer_id, currency, ${measures}
    FROM payments
    GROUP BY customer_id, currency
  ) by_customer
  WHERE paid_payments > 0
) ranked
WHERE place <= 10
