CASE
    WHEN split_part({option}, '=', 1) ~* '(pass|secret|token|credential|private|api_?key|access_?key)'
        AND split_part({option}, '=', 1) <> 'password_required'
    THEN split_part({option}, '=', 1) || '=***'
    ELSE regexp_replace({option}, '://[^/@]*@', '://***@')
END
