-- The ten customers with the greatest value in each currency; of an identifier only its ends are shown
SELECT customer, currency, payments, value
FROM (
  SELECT
    CASE WHEN length(customer_id) > 8
      THEN concat(substr(customer_id, 1, 4), '…', substr(customer_id, length(customer_id) - 3))
      ELSE concat(substr(customer_id, 1, 1), '…', substr(customer_id, length(customer_id)))
    END AS customer,
    currency,
    payments,
    value,
    row_number() OVER (PARTITION BY currency ORDER BY value DESC, customer_id) AS place
  FROM (
    SELECT customer_id, currency, count(*) AS payments, CAST(sum(amount) AS decimal(38, 2)) AS value
    FROM payments
    WHERE status <> 'failed'
    GROUP BY customer_id, currency
  ) by_customer
) ranked
WHERE place <= 10
