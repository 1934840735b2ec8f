-- Who may do what with a team's memory. To be run once by the owner of the tables, after the first worker has made
-- them (here in the schema "greeum"), and again after an update of Greeum that adds tables:
--
--     psql "postgres://owner@host/database" -f team-roles.sql
--     CREATE ROLE ann LOGIN PASSWORD '...' IN ROLE greeum_writer;
--     CREATE ROLE bob LOGIN PASSWORD '...' IN ROLE greeum_reader;

DO $$ BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'greeum_reader') THEN CREATE ROLE greeum_reader NOLOGIN; END IF;
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'greeum_writer') THEN CREATE ROLE greeum_writer NOLOGIN; END IF;
END $$;

GRANT USAGE ON SCHEMA greeum TO greeum_reader, greeum_writer;
GRANT SELECT ON ALL TABLES IN SCHEMA greeum TO greeum_reader, greeum_writer;
GRANT INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA greeum TO greeum_writer;

-- What was written stays written, by whom it was written: nobody changes the log or its history, and nobody signs for
-- another. The owner of the tables is bound by this too.
REVOKE UPDATE, DELETE ON greeum.greeum_log FROM greeum_writer;
REVOKE INSERT, UPDATE, DELETE ON greeum.greeum_migrations FROM greeum_writer;
REVOKE INSERT, DELETE ON greeum.greeum_head FROM greeum_writer;
ALTER TABLE greeum.greeum_log ENABLE ROW LEVEL SECURITY;
ALTER TABLE greeum.greeum_log FORCE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS everybody_reads ON greeum.greeum_log;
DROP POLICY IF EXISTS everybody_signs_for_himself ON greeum.greeum_log;
CREATE POLICY everybody_reads ON greeum.greeum_log FOR SELECT USING (true);
CREATE POLICY everybody_signs_for_himself ON greeum.greeum_log FOR INSERT WITH CHECK (author = current_user);
