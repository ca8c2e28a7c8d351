-- New customers a business day and segment, and how many of the segment had come by then, of those there are now
-- Grain: day, segment
-- Dimensions: day, segment
-- Measures: new_customers, customers_so_far
-- Personal data: none
-- Freshness: live
SELECT
  day,
  segment,
  new_customers,
  CAST(sum(new_customers) OVER (PARTITION BY segment ORDER BY day) AS bigint) AS customers_so_far
FROM (
  SELECT ${day:created_at} AS day, segment, count(*) AS new_customers
  FROM customers
  GROUP BY 1, 2
) days
