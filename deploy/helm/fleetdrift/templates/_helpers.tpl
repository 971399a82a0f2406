{{- define "fleetdrift.fullname" -}}
{{- if contains "fleetdrift" .Release.Name }}{{ .Release.Name | trunc 50 | trimSuffix "-" }}{{ else }}{{ printf "%s-fleetdrift" .Release.Name | trunc 50 | trimSuffix "-" }}{{ end }}
{{- end }}

{{- define "fleetdrift.selector" -}}
app.kubernetes.io/name: fleetdrift
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "fleetdrift.labels" -}}
{{ include "fleetdrift.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version }}
{{- end }}

{{- define "fleetdrift.image" -}}
{{- if .Values.image.digest }}{{ .Values.image.repository }}@{{ .Values.image.digest }}{{ else }}{{ .Values.image.repository }}:{{ .Values.image.tag | default .Chart.AppVersion }}{{ end }}
{{- end }}

{{- define "fleetdrift.serviceAccount" -}}
{{- if .Values.serviceAccount.create }}{{ .Values.serviceAccount.name | default (include "fleetdrift.fullname" .) }}{{ else }}{{ .Values.serviceAccount.name | default "default" }}{{ end }}
{{- end }}

{{- define "fleetdrift.configMap" -}}
{{- .Values.existingConfigMap | default (printf "%s-config" (include "fleetdrift.fullname" .)) }}
{{- end }}

{{/* What both kinds of pods have; "part" is coordinator or worker. */}}
{{- define "fleetdrift.podSecurity" -}}
serviceAccountName: {{ include "fleetdrift.serviceAccount" . }}
automountServiceAccountToken: false
enableServiceLinks: false
terminationGracePeriodSeconds: 60
securityContext:
  runAsNonRoot: true
  runAsUser: 10001
  runAsGroup: 10001
  fsGroup: 10001
  seccompProfile:
    type: RuntimeDefault
{{- with .Values.imagePullSecrets }}
imagePullSecrets:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}

{{- define "fleetdrift.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities:
  drop: [ALL]
{{- end }}

{{- define "fleetdrift.volumes" -}}
- name: config
  configMap:
    name: {{ include "fleetdrift.configMap" .root }}
- name: secrets
  secret:
    secretName: {{ .secret }}
    defaultMode: 0440
- name: tmp
  emptyDir:
    medium: Memory
    sizeLimit: {{ .root.Values.scratch.sizeLimit }}
{{- end }}

{{- define "fleetdrift.mounts" -}}
- name: config
  mountPath: /etc/fleetdrift
  readOnly: true
- name: secrets
  mountPath: /run/secrets/fleetdrift
  readOnly: true
- name: tmp
  mountPath: /tmp
{{- end }}

{{- define "fleetdrift.environment" -}}
- name: FLEETDRIFT_LOG_FORMAT
  value: {{ .root.Values.logFormat }}
{{- with .extra }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{- define "fleetdrift.placement" -}}
{{- with .nodeSelector }}
nodeSelector:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .tolerations }}
tolerations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .affinity }}
affinity:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}
