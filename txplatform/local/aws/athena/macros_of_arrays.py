"""Functions of Trino on arrays and maps that DuckDB lacks or computes otherwise, as macros."""

ALL = (
    "athena_array_distinct(a) AS list_filter(a, lambda x, i: list_position(a, x) = i)",
    """athena_contains(a, x) AS
        CASE WHEN a IS NULL OR x IS NULL THEN NULL WHEN list_contains(a, x) THEN true
             WHEN list_count(a) = len(a) THEN false END""",
    """athena_element_at(a, k) AS
        CASE WHEN typeof(a) LIKE '%[]' AND CAST(k AS VARCHAR) = '0'
             THEN cast_to_type(athena_fail('INVALID_FUNCTION_ARGUMENT: SQL array indices start at 1'), a[k])
             ELSE a[k] END""",
    r"""athena_element_texts(a) AS
        CASE WHEN regexp_full_match(typeof(a), '([A-Z ]+|"NULL"|DECIMAL\(\d+,\d+\))\[\]')
             THEN list_transform(a, lambda x: athena_varchar(x))
             ELSE [athena_fail('NOT_SUPPORTED: array_join of nested values is not supported locally')] END""",
    """athena_entries(ordered, step, distance) AS
        CASE WHEN step = 0
             THEN CAST(athena_fail('INVALID_FUNCTION_ARGUMENT: step must not be zero') AS BIGINT)
             WHEN NOT ordered THEN CAST(athena_fail(concat('INVALID_FUNCTION_ARGUMENT: sequence stop value should be ',
                'greater than or equal to start value if step is greater than zero otherwise stop should be less than ',
                'or equal to start')) AS BIGINT)
             WHEN abs(distance) // abs(step) >= 10000 THEN CAST(athena_fail(concat('INVALID_FUNCTION_ARGUMENT: result ',
                'of sequence function must not have more than 10000 entries')) AS BIGINT)
             ELSE CAST(abs(distance) // abs(step) + 1 AS BIGINT) END""",
    """athena_sequence(a, b) AS
        list_transform(range(0, athena_entries(true, 1, CAST(b AS HUGEINT) - a)),
            lambda k: CASE WHEN a <= b THEN a + k ELSE a - k END),
        (a, b, s) AS
        list_transform(range(0, athena_entries(s = 0 OR (s > 0 AND a <= b) OR (s < 0 AND a >= b), s,
            CAST(b AS HUGEINT) - a)), lambda k: a + k * s)""",
    """athena_array_join(a, d) AS
        CASE WHEN a IS NOT NULL AND d IS NOT NULL
             THEN coalesce(array_to_string(athena_element_texts(a), d), '') END,
        (a, d, n) AS
        CASE WHEN a IS NOT NULL AND d IS NOT NULL AND n IS NOT NULL
             THEN coalesce(array_to_string(list_transform(athena_element_texts(a), lambda x: coalesce(x, n)), d), '')
             END""",
    "athena_array_sort(a) AS list_sort(a, 'ASC', 'NULLS LAST')",
    "athena_array_max(a) AS CASE WHEN list_count(a) = len(a) THEN list_max(a) END",
    "athena_array_min(a) AS CASE WHEN list_count(a) = len(a) THEN list_min(a) END",
    """athena_slice(a, s, n) AS
        CASE WHEN a IS NULL OR s IS NULL OR n IS NULL THEN NULL
             WHEN n < 0 THEN cast_to_type(athena_fail(
                'INVALID_FUNCTION_ARGUMENT: length must be greater than or equal to 0'), a)
             WHEN s = 0 THEN cast_to_type(athena_fail(
                'INVALID_FUNCTION_ARGUMENT: SQL array indices start at 1'), a)
             WHEN abs(s) > len(a) OR n = 0 THEN a[1:0]
             WHEN s < 0 THEN a[len(a) + s + 1 : len(a) + s + n]
             ELSE a[s : s + n - 1] END""",
    """athena_item(a, i) AS
        CASE WHEN a IS NULL THEN NULL
             WHEN i < 1 THEN cast_to_type(athena_fail(CASE WHEN i = 0
                THEN 'INVALID_FUNCTION_ARGUMENT: SQL array indices start at 1'
                ELSE concat('INVALID_FUNCTION_ARGUMENT: Array subscript is negative: ', i) END), flatten([a])[1])
             WHEN i > len(flatten([a])) THEN cast_to_type(athena_fail(
                concat('INVALID_FUNCTION_ARGUMENT: Array subscript must be less than or equal to array length: ',
                       i, ' > ', len(flatten([a])))), flatten([a])[1])
             ELSE flatten([a])[i] END""",
    """athena_value(m, k) AS
        CASE WHEN m IS NULL THEN NULL
             WHEN map_contains(m, k) THEN m[k]
             ELSE cast_to_type(athena_fail(
                concat('INVALID_FUNCTION_ARGUMENT: Key not present in map: ', k)), m[k]) END""",
    """athena_any_match(l) AS
        CASE WHEN list_contains(l, true) THEN true WHEN list_count(l) = len(l) THEN false END""",
    """athena_all_match(l) AS
        CASE WHEN list_contains(l, false) THEN false WHEN list_count(l) = len(l) THEN true END""",
    "athena_none_match(l) AS NOT athena_any_match(l)",
    """athena_except(a, b) AS
        list_filter(a, lambda x, i: list_position(a, x) = i AND list_position(b, x) IS NULL)""",
    "athena_array_except(a, b) AS CASE WHEN b IS NOT NULL THEN athena_except(a, b) END",
    """athena_intersect(a, b) AS
        list_filter(a, lambda x, i: list_position(a, x) = i AND list_position(b, x) IS NOT NULL)""",
    """athena_array_intersect(a, b) AS
        CASE WHEN len(a) < len(b) THEN athena_intersect(b, a) WHEN b IS NOT NULL THEN athena_intersect(a, b) END""",
    "athena_array_union(a, b) AS athena_array_distinct(a || b)",
    "athena_array_position(a, x) AS CASE WHEN x IS NOT NULL THEN coalesce(list_position(a, x), 0 * len(a)) END",
    "athena_array_remove(a, x) AS CASE WHEN x IS NOT NULL THEN list_filter(a, lambda y: y IS NULL OR y <> x) END",
    """athena_arrays_overlap(a, b) AS
        CASE WHEN list_has_any(list_filter(a, lambda x: x IS NOT NULL), list_filter(b, lambda x: x IS NOT NULL))
             THEN true
             WHEN len(a) = 0 OR len(b) = 0 THEN false
             WHEN list_count(a) = len(a) AND list_count(b) = len(b) THEN false END""",
    """athena_times(n) AS
        CASE WHEN n > 10000 THEN CAST(athena_fail(
                'INVALID_FUNCTION_ARGUMENT: count of repeat function must be less than or equal to 10000') AS BIGINT)
             ELSE greatest(n, 0) END""",
    "athena_repeat(x, n) AS CASE WHEN n IS NOT NULL THEN list_transform(range(0, athena_times(n)), lambda i: x) END",
    """athena_trim_array(a, n) AS
        CASE WHEN n < 0 OR n > len(a) THEN cast_to_type(athena_fail(
                'INVALID_FUNCTION_ARGUMENT: size must be between 0 and the cardinality of the array'), a)
             ELSE a[1 : len(a) - n] END""",
    """athena_zip(a, b) AS
        CASE WHEN a IS NOT NULL AND b IS NOT NULL
             THEN list_transform(range(1, greatest(len(a), len(b)) + 1),
                lambda i: struct_pack(_anonymous0 := a[i], _anonymous1 := b[i])) END""",
    """athena_map_entries(m) AS
        list_transform(map_entries(m), lambda e: struct_pack(_anonymous0 := e.key, _anonymous1 := e.value))""",
    "athena_map_concat(a, b) AS CASE WHEN a IS NOT NULL AND b IS NOT NULL THEN map_concat(a, b) END",
    """athena_map_of_keys(l) AS
        CASE WHEN len(list_distinct(list_transform(l, lambda e: e.key))) < len(l)
             THEN map_from_entries(cast_to_type(
                athena_fail('NOT_SUPPORTED: map_agg of a key that is there twice is not supported locally'), l))
             WHEN len(l) > 0 THEN map_from_entries(l) END""",
    """athena_map_of_pairs(l) AS athena_map_of_keys(list_filter(l, lambda e: e.key IS NOT NULL))""",
    """athena_map_of_counts(m) AS
        map_from_entries(list_transform(map_entries(m),
            lambda e: struct_pack(key := e.key, value := CAST(e.value AS BIGINT))))""",
    """athena_alike(x, s) AS
        CASE WHEN typeof(x) <> typeof(s)
             THEN cast_to_type(athena_fail(concat('NOT_SUPPORTED: reduce of ', lower(typeof(s)), ' to ',
                lower(typeof(x)), ' is not supported locally')), x)
             ELSE x END""",
    """athena_concat_ws(d, a) AS
        CASE WHEN d IS NOT NULL AND a IS NOT NULL THEN coalesce(array_to_string(a, d), '') END""",
    """athena_combinations(a, n) AS
        list_transform(athena_positions_combined(len(a), n), lambda c: list_transform(c, lambda i: a[i]))""",
    """athena_ngrams(a, n) AS
        CASE WHEN n < 1
             THEN [cast_to_type(athena_fail('INVALID_FUNCTION_ARGUMENT: N must be positive'), a)]
             WHEN n >= len(a) THEN [a]
             ELSE list_transform(range(1, len(a) - n + 2), lambda i: a[i : i + n - 1]) END""",
    """athena_map_zip(a, b) AS
        CASE WHEN a IS NOT NULL AND b IS NOT NULL
             THEN list_transform(map_keys(a) || list_filter(map_keys(b), lambda k: NOT list_contains(map_keys(a), k)),
                lambda k: struct_pack(key := k, one := a[k], other := b[k])) END""",
    """athena_keyed(l) AS
        list_transform(l, lambda e: struct_pack(key := struct_extract_at(e, 1), value := struct_extract_at(e, 2)))""",
    """athena_multimap(l) AS
        map_from_entries(list_transform(
            list_filter(list_transform(l, lambda e: e.key),
                lambda k, i: list_position(list_transform(l, lambda e: e.key), k) = i),
            lambda k: struct_pack(key := k,
                value := list_transform(list_filter(l, lambda e: e.key = k), lambda e: e.value))))""",
    "athena_multimap_of_entries(l) AS athena_multimap(athena_keyed(l))",
    """athena_multimap_of_pairs(l) AS
        CASE WHEN list_count(list_transform(l, lambda e: e.key)) > 0
             THEN athena_multimap(list_filter(l, lambda e: e.key IS NOT NULL)) END""",
    "athena_map_of_maps(l) AS athena_map_of_pairs(flatten(list_transform(l, lambda m: map_entries(m))))",
    """athena_instance(l, n) AS
        CASE WHEN n = 0
             THEN CAST(athena_fail(concat('INVALID_FUNCTION_ARGUMENT: array_position cannot take a 0-valued instance ',
                'argument.')) AS BIGINT)
             ELSE coalesce(l[n], 0) END""",
    """athena_array_instance(a, x, n) AS
        CASE WHEN a IS NOT NULL AND x IS NOT NULL AND n IS NOT NULL
             THEN athena_instance(list_filter(range(1, len(a) + 1), lambda i: a[i] = x), n) END""",
    """athena_sign_of(c) AS
        CASE WHEN c IN (-1, 0, 1) THEN c
             ELSE CAST(athena_fail(
                'INVALID_FUNCTION_ARGUMENT: Lambda comparator must return either -1, 0, or 1') AS INTEGER) END""",
    "athena_where(there, l) AS CASE WHEN there THEN l END",
    "athena_unless_empty(a, l) AS CASE WHEN len(a) = 0 THEN a ELSE l END",
    """athena_without_nulls(a) AS
        CASE WHEN list_count(a) < len(a)
             THEN cast_to_type(athena_fail('NOT_SUPPORTED: an order of arrays with nulls is not supported locally'), a)
             ELSE a END""",
    """athena_equal_entries(a, b) AS
        list_transform(map_entries(a),
            lambda e: CASE WHEN map_contains(b, e.key) THEN e.value = b[e.key] ELSE false END)""",
    """athena_same_maps(a, b) AS
        CASE WHEN a IS NULL OR b IS NULL THEN NULL WHEN len(map_keys(a)) <> len(map_keys(b)) THEN false
             WHEN list_contains(athena_equal_entries(a, b), false) THEN false
             WHEN list_count(athena_equal_entries(a, b)) = len(map_keys(a)) THEN true END""",
    "athena_before(a, b) AS athena_without_nulls(a) < athena_without_nulls(b)",
    """athena_equal_elements(a, b) AS list_transform(range(1, len(a) + 1), lambda i: a[i] = b[i])""",
    """athena_same_arrays(a, b) AS
        CASE WHEN a IS NULL OR b IS NULL THEN NULL WHEN len(a) <> len(b) THEN false
             WHEN list_contains(athena_equal_elements(a, b), false) THEN false
             WHEN list_count(athena_equal_elements(a, b)) = len(a) THEN true END""",
)
