-- Payments a status and currency: how many, and their value
SELECT status, currency, count(*) AS payments, CAST(sum(amount) AS decimal(38, 2)) AS value
FROM payments
GROUP BY status, currency
