-- The ten customers who paid most in each currency, captured and settled; of an identifier two characters are shown
SELECT place, customer, currency, payments, value
FROM (
  SELECT
    row_number() OVER (PARTITION BY currency ORDER BY value DESC, customer_id) AS place,
    concat('••••', CASE WHEN length(customer_id) >= 6 THEN substr(customer_id, length(customer_id) - 1) ELSE '' END) AS customer,
    currency,
    payments,
    value
  FROM (
    SELECT customer_id, currency, count(*) AS payments, CAST(sum(amount) AS decimal(38, 2)) AS value
    FROM payments
    WHERE status IN ('captured', 'settled')
    GROUP BY customer_id, currency
  ) by_customer
) ranked
WHERE place <= 10
