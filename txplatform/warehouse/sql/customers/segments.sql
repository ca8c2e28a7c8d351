-- Customers a segment, status and country: how many, and the sums of their balances and credit limits
-- Grain: segment, status, country
-- Dimensions: segment, status, country
-- Measures: customers, balance, credit_limit
-- Personal data: none
-- Freshness: live
SELECT segment, status, country, ${measures}
FROM customers
GROUP BY segment, status, country
