"""What strangers try on a public Datasette: what once took one down, filled it up or spied it out."""

from __future__ import annotations

from urllib.parse import quote, urlencode

COUNT = "with recursive c(x) as (select 1 union all select x + 1 from c limit {n})"
FOREVER = "with recursive c(x) as (select 1 union all select x + 1 from c)"
LONG = f"replace(hex(hex(hex(hex('aaaaaaaaaaaaaaaa')))), '3', '{'b' * 56}')"
VERY_LONG = f"replace({LONG}, 'b', 'cccccccccccccccccccc')"


def many(letter: str) -> str:
    """SQL for a hundred thousand times the same letter."""
    expression = f"'{letter}'"
    for times in (40, 50, 50):
        expression = f"replace({expression}, '{letter}', '{letter * times}')"
    return expression


SQL = (
    # one call that allocates
    "select length(hex(zeroblob(150000000)))",
    "select hex(hex(zeroblob(100000000)))",
    "select randomblob(900000000)",
    "select printf('%.*c', 200000000, 'x')",
    "select format('%.*c', 200000000, 'x')",
    "select printf('%200000000d', 1)",
    "select length(replace(zeroblob(20000), x'00', zeroblob(20000)))",
    f"select length({VERY_LONG})",
    f"select {VERY_LONG} || {VERY_LONG} || {VERY_LONG}",
    f"{COUNT.format(n=200000)} select length(group_concat(x, 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa')) from c",
    f"{COUNT.format(n=200000)} select length(json_group_array(x || '{'a' * 31}')) from c",
    f"{COUNT.format(n=50000)} select length(json_group_object('k' || x, x)) from c",
    "with recursive s(t) as (select 'aaaaaaaa' union all select t || t from s) select length(t) from s",
    "with recursive s(t, n) as (select 'a', 0 union all select t || t, n + 1 from s where n < 40)"
    " select max(length(t)) from s",
    # one call that spins
    f"select trim({VERY_LONG}, {VERY_LONG})",
    f"select trim({many('c')}, {many('x')} || 'c')",
    f"select instr({many('c')}, substr({many('c')}, 1, 50000) || 'x')",
    f"select instr({VERY_LONG}, {LONG} || 'x')",
    f"select length(replace({VERY_LONG}, {LONG} || 'x', 'y'))",
    f"select like('%_c_c_c_c_c_c_c_c_c_c_c_c_c_c_c_b', {VERY_LONG})",
    f"select glob('*?c?c?c?c?c?c?c?c?c?c?c?c?c?c?c?b', {VERY_LONG})",
    "select 'a' like '" + "%a" * 2000 + "'",
    f"{COUNT.format(n=20000)} select json_patch((select json_group_object('k' || x, x) from c),"
    " (select json_group_object('l' || x, x) from c))",
    "select rtreecheck('record')",
    # answers that fill memory
    f"{COUNT.format(n=1000)} select x, {VERY_LONG} from c",
    f"{COUNT.format(n=1000)} select x, cast({VERY_LONG} as blob) from c",
    f"{COUNT.format(n=1000)} select " + ", ".join(f"x + {n}" for n in range(200)) + " from c",
    "select " + ", ".join(f"{n} as a{n}" for n in range(1500)),
    "select a.*, b.*, c.*, d.* from record a, record b, record c, record d",
    # work without end
    f"{FOREVER} select max(x) from c",
    f"{FOREVER} select count(*) from c where x % 7 = 3",
    "select count(*) from record a, record b, record c",
    "select max(a.body || b.body || c.body) from record a, record b, record c",
    "select count(distinct a.code || b.code || c.code) from record a, record b, record c",
    "select a.title from record a, record b order by a.body || b.body desc limit 1",
    "select a.body, count(*) from record a, record b group by a.body || b.body",
    "select sum(length(a.body || b.body)) over (order by a.title, b.title) from record a, record b",
    "select count(*) from record a where a.body in (select b.body || c.body from record b, record c)",
    f"{COUNT.format(n=2000)} select count(*) from c, json_each((select json_group_array(x) from c))",
    "select count(*) from record_fts a, record_fts b where a.record_fts match '道 OR 路 OR 的' "
    "and b.record_fts match '的'",
    "select count(*) from record_fts where record_fts match "
    + "'"
    + " OR ".join(f'"{letter}" *' for letter in "一二三四五六七八九十道路水电气的了是在有" * 20)
    + "'",
    # statements that do not end, or are too many
    "select " + "(" * 900 + "1" + ")" * 900,
    "select " + "+".join("1" for _ in range(3000)),
    "select 1 " + "union all select 1 " * 450,
    "select 1 where 1 in (" + ",".join("1" for _ in range(4000)) + ")",
    "select " + " ".join("case when 1 then" for _ in range(300)) + " 1 " + "end " * 300,
    "select max(" + ",".join("1" for _ in range(120)) + ")",
    "select ?1, ?250000",
    "select :a" + ", :a" * 1500,
    "-- " + "x" * 9000 + "\nselect 1",
    "/*" + "a" * 12000 + "*/ select 1",
    "--\n" + " " * 9000 + "x",
    # writing and reaching out
    "delete from record",
    "with x as (select 1) delete from record",
    "with x as (select 1) insert into record (code) values ('x')",
    "with x as (select 1) update sqlite_master set sql = ''",
    "attach database '/tmp/x.db' as x",
    "vacuum into '/tmp/x.db'",
    "pragma writable_schema = 1",
    "select * from pragma_hard_heap_limit(999999999)",
    "select file from pragma_database_list",
    "select load_extension('/tmp/x.so')",
    "select fts3_tokenizer('simple')",
    "select fts3_tokenizer('simple', x'0000000000000000')",
    "select readfile('/etc/passwd')",
    "select writefile('/tmp/x', 'x')",
    "select edit('x')",
    "select sqlite_log(1, 'x')",
    "select * from sqlite_stmt",
    "select * from sqlite_dbpage",
    "select sum(pgsize) from dbstat",
    "create temp table t as select 1",
    "explain select " + "(select count(*) from record)," * 300 + "1",
    # what the wrapper chokes on
    "select 1; select 2",
    "select 'a\x00b'",
    "select '\ud800'".encode("utf-8", "surrogatepass").decode("latin-1"),
    "select 9e999, -9e999, 0.0 / 0",
    "select x'ff', cast(x'ff' as text)",
    "select :p",
    "select",
    "",
    " ",
)
"""Each of these is a ?sql= of its own."""

MORE = tuple(
    "/public.json?sql=" + quote(sql)
    for sql in (
        "select regexp('(a+)+$', 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!')",
        "select 'x' regexp 'x'",
        "select json('" + "[" * 1500 + "]" * 1500 + "')",
        "select json_extract('" + '{"a":' * 900 + "1" + "}" * 900 + "', '$" + ".a" * 900 + "')",
        "select count(*) from json_tree((select json_group_array(body) from record))",
        "select json_group_array(json_object('a', a.body, 'b', b.body)) from record a, record b limit 1",
        "select a.code, row_number() over (order by a.body || b.body) from record a, record b",
        "select ntile(1000) over (order by a.body), lag(a.body, 5000) over () from record a, record b",
        "select group_concat(a.body || b.body, hex(b.body)) from record a, record b",
        "select * from record_zh a, record_zh b, record_zh c order by 1",
        'select count(distinct a."编号" || b."编号" || c."编号") from record_zh a, record_zh b, record_zh c',
        "select highlight(record_fts, 0, '<b>', '</b>') from record_fts where record_fts match '道'",
        'select * from record_fts where record_fts match \'NEAR("道" "路", 1000000)\'',
        "select count(*) from record where body like '" + "%道_" * 30 + "'",
        "select unicode(char(1114111)) || '\U0001f468\u200d\U0001f469' || char(0, 0x202e)",
        "select upper(hex(body)) || lower(quote(body)) from record a",
    )
)
"""More of them, each as it is asked."""

SHORT_OF_BREATH = (
    "/public.json?sql=" + quote("select length(hex(zeroblob(150000000)))"),
    "/public.json?sql=" + quote(f"select trim({many('c')}, substr({many('x')}, 1, 50000) || 'c')"),
    "/public/record?_where=:x",
)
"""Three that a Datasette as it comes does not stand: memory, time, a server error."""

ADDRESSES = (
    "/public/record?_where=" + quote("1 in (select randomblob(100000000))"),
    "/public/record?_where=" + quote("length(printf('%.*c', 100000000, 'x'))"),
    "/public/record?_where=" + quote(f"(select max(x) from ({FOREVER} select x from c))"),
    "/public/record?_where=:x",
    "/public/record?" + "&".join("_facet=body" for _ in range(40)),
    "/public/record?_facet_array=body&_facet_date=body",
    "/public/record?_search=" + quote("的" * 5000),
    "/public/record?_search=" + quote("* OR a* OR b*") + "&_searchmode=raw",
    "/public/record?_search=" + quote('" NEAR( ^ : - + *'),
    "/public/record?_search_nothing=x",
    "/public/record?_fts_table=sqlite_master&_search=x",
    "/public/record?_fts_table=nothing&_search=x",
    "/public/record?_fts_pk=nothing&_search=x",
    "/public/record?_size=1000000",
    "/public/record?_size=-1",
    "/public/record?_size=x",
    "/public/record?_size=max",
    "/public/record?_timelimit=x",
    "/public/record?_timelimit=99999999",
    "/public/record?_sort=nothing",
    "/public/record?_sort=code&_sort_desc=code",
    "/public/record?_next=x,y,z",
    "/public/record?_through=x",
    "/public/record?_through=" + quote('{"table": "x", "column": "y", "value": 1}'),
    "/public/record?_col=nothing",
    "/public/record?_label=nothing",
    "/public/record?body__glob=" + quote("*a*b*c*d*e*f*g*" * 40),
    "/public/record?body__in=" + quote("[" + ",".join("1" for _ in range(5000)) + "]"),
    "/public/record?body__in=[[",
    "/public/record?count__gt=x",
    "/public/record?nothing=1",
    "/public/record?nothing__x__y=1",
    "/public/record.csv?_stream=1&_size=max",
    "/public/record.csv?_stream=1&_next=x",
    "/public/record.nothing",
    "/public/record.json?_shape=nothing",
    "/public/record.json?_shape=object",
    "/public/record/x/y/z",
    "/public/record/~",
    "/public/record/%FF",
    "/public/nothing",
    "/nothing",
    "/_internal",
    "/_internal?sql=select+1",
    "/_memory?sql=select+1",
    "/:memory:?sql=select+1",
    "/-/threads",
    "/-/databases.json",
    "/-/settings.json",
    "/-/plugins.json",
    "/-/auth-token?token=x",
    "/-/permissions",
    "/-/../public",
    "/\\example.com/",
    "/%5Cexample.com/",
    "//example.com/",
    "/%0d%0aSet-Cookie:x=y/",
    "/public/record?" + urlencode({"x" * 3000: "y" * 3000}),
    "/public/search?q=" + quote("水" * 190),
    "/public.db?x=" + "y" * 30000,
)
