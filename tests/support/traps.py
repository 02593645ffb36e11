"""
Schemas of our own that hold what breaks tools: the traps of real databases, by name.

Each entry is DDL for PostgreSQL; those in `SQLITE` are for SQLite.
"""

from __future__ import annotations


POSTGRES = {
    "several_schemas": """
        CREATE SCHEMA audit;
        CREATE SCHEMA "Sales Team";
        CREATE TABLE users (id serial PRIMARY KEY, email varchar(60) NOT NULL UNIQUE);
        CREATE TABLE audit.users (
            id serial PRIMARY KEY,
            user_id int NOT NULL REFERENCES users (id),
            seen_at timestamptz NOT NULL DEFAULT now());
        CREATE TABLE audit.actions (
            id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
            audit_user int NOT NULL REFERENCES audit.users (id),
            verb text NOT NULL CHECK (verb IN ('create', 'update', 'delete')));
        CREATE TABLE "Sales Team"."Big Deals" (
            "Deal ID" int PRIMARY KEY,
            "Owner" int NOT NULL REFERENCES public.users (id),
            "% won" numeric(5, 2) NOT NULL CHECK ("% won" BETWEEN 0 AND 100));
    """,
    "names": """
        CREATE TABLE "order" (
            id serial PRIMARY KEY, "group" text NOT NULL, "select" int NOT NULL,
            "from" date, "class" text NOT NULL, metadata jsonb NOT NULL,
            registry text NOT NULL, "self" text NOT NULL, "__init__" text NOT NULL);
        CREATE TABLE "User" (
            "Id" serial PRIMARY KEY, "UserName" text NOT NULL,
            "user_name" text NOT NULL,
            "lambda" text, "2fa" boolean NOT NULL, "größe" int NOT NULL, "?" int);
        CREATE TABLE "OrderLine" (
            "OrderId" int NOT NULL REFERENCES "order" (id),
            "LineNo" smallint NOT NULL,
            "User" int NOT NULL REFERENCES "User" ("Id"),
            "quote""d" text NOT NULL,
            PRIMARY KEY ("OrderId", "LineNo"));
        CREATE TABLE "日本" ("名前" text NOT NULL, "番号" int PRIMARY KEY);
    """,
    "composite": """
        CREATE TABLE tenant (id serial PRIMARY KEY, slug varchar(8) NOT NULL UNIQUE);
        CREATE TABLE member (
            tenant_id int NOT NULL REFERENCES tenant (id), no int NOT NULL,
            email text NOT NULL, UNIQUE (tenant_id, email),
            PRIMARY KEY (tenant_id, no));
        CREATE TABLE project (
            tenant_id int NOT NULL REFERENCES tenant (id), code char(3) NOT NULL,
            PRIMARY KEY (tenant_id, code));
        CREATE TABLE assignment (
            tenant_id int NOT NULL, member_no int NOT NULL,
            project_code char(3) NOT NULL,
            role text NOT NULL DEFAULT 'reader',
            FOREIGN KEY (tenant_id, member_no) REFERENCES member (tenant_id, no),
            FOREIGN KEY (tenant_id, project_code) REFERENCES project (tenant_id, code),
            PRIMARY KEY (tenant_id, member_no, project_code));
        CREATE TABLE note (
            id serial PRIMARY KEY, tenant_id int NOT NULL REFERENCES tenant (id),
            member_no int, body text NOT NULL,
            FOREIGN KEY (tenant_id, member_no) REFERENCES member (tenant_id, no));
        CREATE TABLE person (id serial PRIMARY KEY,
            passport varchar(9) NOT NULL UNIQUE);
        CREATE TABLE visa (
            passport varchar(9) PRIMARY KEY REFERENCES person (passport),
            kind varchar(1) NOT NULL CHECK (kind ~ '^[A-C]$'));
        CREATE TABLE employee (person_id int PRIMARY KEY REFERENCES person (id));
        CREATE TABLE manager (
            employee_id int PRIMARY KEY REFERENCES employee (person_id),
            level smallint NOT NULL CHECK (level > 3));
    """,
    "cycles": """
        CREATE TABLE node (
            id serial PRIMARY KEY, parent_id int REFERENCES node (id),
            name text NOT NULL);
        CREATE TABLE rooted (
            id serial PRIMARY KEY, root_id int NOT NULL REFERENCES rooted (id));
        CREATE TABLE team (
            id serial PRIMARY KEY, name text NOT NULL, captain_id int UNIQUE);
        CREATE TABLE player (
            id serial PRIMARY KEY, team_id int NOT NULL REFERENCES team (id),
            name text NOT NULL);
        ALTER TABLE team ADD FOREIGN KEY (captain_id) REFERENCES player (id);
        CREATE TABLE store (id serial PRIMARY KEY, manager_id int NOT NULL UNIQUE);
        CREATE TABLE staff (
            id serial PRIMARY KEY, store_id int NOT NULL REFERENCES store (id),
            name text NOT NULL);
        ALTER TABLE store ADD FOREIGN KEY (manager_id) REFERENCES staff (id);
        CREATE TABLE rental (
            id serial PRIMARY KEY, staff_id int NOT NULL REFERENCES staff (id));
        CREATE TABLE a (code char(2) PRIMARY KEY, b uuid NOT NULL UNIQUE);
        CREATE TABLE b (
            id uuid PRIMARY KEY, made_at timestamptz NOT NULL DEFAULT now(),
            c bigint NOT NULL);
        CREATE TABLE c (
            id bigserial PRIMARY KEY, name text NOT NULL,
            a char(2) NOT NULL REFERENCES a (code) DEFERRABLE);
        ALTER TABLE a ADD FOREIGN KEY (b) REFERENCES b (id);
        ALTER TABLE b ADD FOREIGN KEY (c) REFERENCES c (id);
        CREATE TABLE lock (id serial PRIMARY KEY, key_id int NOT NULL UNIQUE);
        CREATE TABLE key (
            id serial PRIMARY KEY,
            lock_id int NOT NULL REFERENCES lock (id) DEFERRABLE);
        ALTER TABLE lock ADD FOREIGN KEY (key_id) REFERENCES key (id) DEFERRABLE;
        CREATE TABLE hen (
            id serial PRIMARY KEY, egg_id int NOT NULL);
        CREATE TABLE egg (
            id serial PRIMARY KEY,
            hen_id int NOT NULL REFERENCES hen (id) DEFERRABLE INITIALLY DEFERRED);
        ALTER TABLE hen ADD FOREIGN KEY (egg_id) REFERENCES egg (id)
            DEFERRABLE INITIALLY DEFERRED;
    """,
    "types": """
        CREATE DOMAIN email AS varchar(40) CHECK (VALUE ~ '^[^@]+@[^@]+$');
        CREATE DOMAIN positive AS int NOT NULL CHECK (VALUE > 0);
        CREATE TYPE mood AS ENUM ('sad', 'ok', 'it''s fine');
        CREATE TYPE address AS (street text, city text);
        CREATE TABLE torture (
            id uuid PRIMARY KEY,
            mail email NOT NULL UNIQUE, amount positive, feeling mood NOT NULL,
            tags text[] NOT NULL, grid int[][] NOT NULL, moods mood[] NOT NULL,
            span int4range NOT NULL, period tstzrange NOT NULL, days daterange NOT NULL,
            many int4multirange NOT NULL,
            ip inet NOT NULL, net cidr NOT NULL, mac macaddr NOT NULL,
            bits bit(3) NOT NULL, vbits bit varying(5) NOT NULL,
            wait interval NOT NULL, price money NOT NULL, doc tsvector NOT NULL,
            q tsquery NOT NULL, x xml, j json NOT NULL, jb jsonb NOT NULL,
            spot point NOT NULL, area box NOT NULL, path polygon NOT NULL,
            home address NOT NULL,
            work address NOT NULL, raw bytea NOT NULL, t time NOT NULL,
            tz timetz NOT NULL, c char(2) NOT NULL, n numeric NOT NULL,
            n2 numeric(3, 3) NOT NULL, r real NOT NULL, o oid NOT NULL,
            jp jsonpath NOT NULL, lsn pg_lsn NOT NULL, cls regclass NOT NULL);
        CREATE TABLE made (
            id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
            width int NOT NULL, height int NOT NULL,
            area int GENERATED ALWAYS AS (width * height) STORED,
            other int GENERATED BY DEFAULT AS IDENTITY,
            created_at timestamptz NOT NULL DEFAULT now());
    """,
    "checks": """
        CREATE TABLE price (
            id serial PRIMARY KEY,
            net numeric(8, 2) NOT NULL CHECK (net > 0),
            gross numeric(8, 2) NOT NULL,
            currency char(3) NOT NULL CHECK (currency IN ('EUR', 'USD', 'CHF')),
            valid_from date NOT NULL, valid_to date,
            CONSTRAINT gross_above_net CHECK (gross > net * 1.05),
            CONSTRAINT valid_order CHECK (valid_to IS NULL OR valid_to > valid_from));
        CREATE TABLE contact (
            id serial PRIMARY KEY, email text, phone text,
            CONSTRAINT one_of_both CHECK ((email IS NULL) <> (phone IS NULL)),
            CONSTRAINT email_shape CHECK (email LIKE '%@%.%'));
        CREATE TABLE code (
            id serial PRIMARY KEY,
            short text NOT NULL UNIQUE CHECK (length(short) = 4),
            upper text NOT NULL CHECK (upper = upper(upper)),
            hex text NOT NULL CHECK (hex ~ '^[0-9a-f]{6}$'),
            plate text NOT NULL CHECK (plate ~ '^[A-Z]{2}-[0-9]{3,4}$'),
            stars int NOT NULL CHECK (stars BETWEEN 1 AND 5),
            ratio double precision NOT NULL CHECK (ratio >= 0 AND ratio < 1));
        CREATE TABLE slot (
            id serial PRIMARY KEY, starts_at timestamptz NOT NULL,
            ends_at timestamptz NOT NULL, low int NOT NULL, high int NOT NULL,
            kind text NOT NULL,
            CHECK (ends_at > starts_at), CHECK (low < high AND high <= 10),
            CONSTRAINT kind_of_high CHECK (
                (kind = 'small' AND high < 5) OR (kind = 'big' AND high >= 8)));
        CREATE TABLE singleton (
            id int PRIMARY KEY CHECK (id = 1), version text NOT NULL);
        CREATE FUNCTION is_even(n int) RETURNS boolean LANGUAGE sql IMMUTABLE
            AS 'SELECT n % 2 = 0 AND n > 10';
        CREATE TABLE judged (
            id serial PRIMARY KEY, n int NOT NULL CONSTRAINT n_even CHECK (is_even(n)));
        CREATE TABLE sized (
            id serial PRIMARY KEY, items int[] NOT NULL CHECK (cardinality(items) = 2),
            data jsonb NOT NULL CHECK (jsonb_typeof(data) = 'object'));
    """,
    "shapes": """
        CREATE TABLE no_key (name text, n int);
        CREATE TABLE no_key_required (name text NOT NULL, at timestamptz NOT NULL);
        CREATE TABLE empty_table ();
        CREATE TABLE only_key (id serial PRIMARY KEY);
        CREATE TABLE measured (
            id bigserial, at date NOT NULL, value real NOT NULL, PRIMARY KEY (id, at))
            PARTITION BY RANGE (at);
        CREATE TABLE measured_2024 PARTITION OF measured
            FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
        CREATE TABLE measured_rest PARTITION OF measured DEFAULT;
        CREATE TABLE thing (id serial PRIMARY KEY, name text NOT NULL,
            touched timestamp);
        CREATE TABLE special_thing (extra text NOT NULL) INHERITS (thing);
        CREATE VIEW thing_names AS SELECT id, name FROM thing;
        CREATE MATERIALIZED VIEW thing_count AS SELECT count(*) AS n FROM thing;
        CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS
            'BEGIN NEW.touched = now(); RETURN NEW; END';
        CREATE TRIGGER touch BEFORE INSERT ON thing
            FOR EACH ROW EXECUTE FUNCTION touch();
        CREATE TABLE soft (
            id serial PRIMARY KEY, slug text NOT NULL, kind varchar(1) NOT NULL,
            deleted_at timestamptz);
        CREATE UNIQUE INDEX soft_slug ON soft (lower(slug)) WHERE deleted_at IS NULL;
        CREATE UNIQUE INDEX soft_kind ON soft (kind, slug);
        CREATE TYPE role AS ENUM ('admin', 'guest');
        CREATE TABLE roles (id serial PRIMARY KEY, name role NOT NULL UNIQUE);
        CREATE TABLE holder (
            id serial PRIMARY KEY, role_id int NOT NULL REFERENCES roles (id));
        CREATE TABLE settings (id int PRIMARY KEY CHECK (id = 1));
        CREATE TABLE setting (
            id int NOT NULL REFERENCES settings (id), name text NOT NULL,
            PRIMARY KEY (id, name));
        CREATE TABLE detail (id int PRIMARY KEY REFERENCES settings (id));
        CREATE TABLE flag (id smallint PRIMARY KEY, ok boolean NOT NULL);
        CREATE TABLE letter (l char(1) PRIMARY KEY, d numeric(1) NOT NULL UNIQUE);
        CREATE TABLE ruled (id serial PRIMARY KEY, name text NOT NULL, n int DEFAULT 7);
        CREATE TABLE elsewhere () INHERITS (ruled);
        CREATE RULE elsewhere AS ON INSERT TO ruled WHERE NEW.n > 100
            DO INSTEAD INSERT INTO elsewhere VALUES (NEW.*);
        CREATE TABLE period (
            id serial PRIMARY KEY, ordered_at timestamptz NOT NULL DEFAULT now(),
            due_at timestamptz NOT NULL, CHECK (due_at > ordered_at));
        CREATE TABLE padded (code char(6) PRIMARY KEY, label char(3),
            CHECK (label IS NOT NULL OR code IS NULL));
        CREATE TABLE implied (id serial PRIMARY KEY, thing_id int, order_no int);
    """,
}

SQLITE = {
    "names": """
        CREATE TABLE "order" (
            id INTEGER PRIMARY KEY, "group" TEXT NOT NULL, "select" INT NOT NULL,
            "class" TEXT NOT NULL, metadata TEXT NOT NULL);
        CREATE TABLE [Order Details] (
            OrderID INT NOT NULL REFERENCES "order" (id), [Line No] INT NOT NULL,
            [Unit Price] NUMERIC NOT NULL DEFAULT 0 CHECK ([Unit Price] >= 0),
            PRIMARY KEY (OrderID, [Line No]));
    """,
    "types": """
        CREATE TABLE loose (a, b BLOB NOT NULL, c NOT NULL, d WEIRD(3) NOT NULL);
        CREATE TABLE not_rowid (id INT PRIMARY KEY, name TEXT NOT NULL);
        CREATE TABLE big (id BIGINT PRIMARY KEY, name VARCHAR(3) NOT NULL UNIQUE);
        CREATE TABLE no_rowid (code TEXT PRIMARY KEY, n INT NOT NULL) WITHOUT ROWID;
        CREATE TABLE strict_one (id INTEGER PRIMARY KEY, n INT NOT NULL,
            t TEXT NOT NULL)
            STRICT;
        CREATE TABLE computed (
            a INTEGER NOT NULL, b INTEGER GENERATED ALWAYS AS (a * 2) STORED);
        CREATE TABLE "when" (
            id INTEGER PRIMARY KEY, d DATE NOT NULL, t DATETIME NOT NULL,
            at TIMESTAMP NOT NULL, ok BOOLEAN NOT NULL, j JSON NOT NULL);
    """,
    "cycles": """
        CREATE TABLE store (
            id INTEGER PRIMARY KEY,
            manager_id INT NOT NULL UNIQUE REFERENCES staff (id));
        CREATE TABLE staff (
            id INTEGER PRIMARY KEY, store_id INT NOT NULL REFERENCES store (id));
        CREATE TABLE team (
            id INTEGER PRIMARY KEY, captain_id INT REFERENCES player (id));
        CREATE TABLE player (
            id INTEGER PRIMARY KEY, team_id INT NOT NULL REFERENCES team (id));
        CREATE TABLE node (
            id INTEGER PRIMARY KEY, parent_id INT REFERENCES node (id));
    """,
    "checks": """
        CREATE TABLE person (
            id INTEGER PRIMARY KEY,
            age INT NOT NULL CHECK (age >= 18 AND age < 120),
            gender TEXT NOT NULL CHECK (gender IN ('f', 'm', 'x')),
            code TEXT NOT NULL CHECK (length(code) = 3),
            name TEXT NOT NULL CHECK (name <> ''),
            born DATE NOT NULL, died DATE,
            grade TEXT NOT NULL CHECK (grade GLOB '[A-F]'),
            CHECK (died IS NULL OR died > born));
        CREATE TABLE span (
            id INTEGER PRIMARY KEY, low INT NOT NULL, high INT NOT NULL,
            CONSTRAINT ordered CHECK (low < high));
    """,
    "broken": """
        CREATE TABLE fine (id INTEGER PRIMARY KEY, name TEXT NOT NULL);
        CREATE TABLE lost_parent (
            id INTEGER PRIMARY KEY, gone_id INT REFERENCES gone (id));
        CREATE TABLE pointed (
            id INTEGER PRIMARY KEY, fine INT REFERENCES fine);
        CREATE VIEW bad AS SELECT * FROM nowhere;
    """,
}
